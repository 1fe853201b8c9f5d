// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.node.StreamListener.Nack;
import dev.outrigger.xds.node.StreamListener.TypeState;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.ContentVersion;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One type of a state-of-the-world stream: what is wanted, what was sent, what was answered. */
final class SotwType {
    private final ResourceType type;
    private final Subscriptions subscriptions = new Subscriptions();

    /** Whether an empty list still means everything. */
    private boolean legacyWildcard;

    /** The version the client brought along from another stream; of use until the first answer. */
    private String broughtVersion = "";

    private boolean answered;
    private String nonce = "";
    private boolean awaitingAnswer;
    private String sentVersion = "";
    private String acceptedVersion = "";
    private String rejectedVersion = "";

    /** What the client was sent last, and so must be assumed to have or to have refused. */
    private Map<String, VersionedResource> sent = Map.of();

    /** What it accepted last: the difference to what was sent is what it can have refused. */
    private Map<String, VersionedResource> accepted = Map.of();

    /** The snapshot's resources that were last found to need no response. */
    private @Nullable TypeResources settled;

    SotwType(ResourceType type) {
        this.type = type;
    }

    int subscribedNames() {
        return subscriptions.names().size();
    }

    void firstRequest(Collection<String> names, String version) {
        legacyWildcard = names.isEmpty() && type.fullState();
        broughtVersion = version;
        subscribe(names);
    }

    /** Whether the request answers the last response; the client had not seen it otherwise. */
    boolean isCurrent(String responseNonce) {
        return responseNonce.equals(nonce);
    }

    void subscribe(Collection<String> names) {
        legacyWildcard &= names.isEmpty();
        subscriptions.replace(names);
        if (legacyWildcard) {
            subscriptions.legacyWildcard();
        }
        if (!subscriptions.isWildcard()) {
            // A name that is asked for again later must be sent again.
            forgetIf(name -> !subscriptions.names().contains(name));
        }
        settled = null;
    }

    /** What the client will be sent again even if it has it. */
    void forget(Set<String> names) {
        forgetIf(names::contains);
        settled = null;
    }

    private void forgetIf(Predicate<String> condition) {
        if (sent.keySet().stream().anyMatch(condition)) {
            var kept = new TreeMap<>(sent);
            kept.keySet().removeIf(condition);
            sent = kept;
        }
    }

    /** True for the first answer to a response; later requests only change the subscription. */
    boolean accept() {
        boolean first = awaitingAnswer;
        if (awaitingAnswer) {
            awaitingAnswer = false;
            acceptedVersion = sentVersion;
            accepted = sent;
            rejectedVersion = "";
        }
        return first;
    }

    /** The refusal, unless this response was refused before. */
    Optional<Nack> reject(String error) {
        if (!awaitingAnswer) {
            return Optional.empty();
        }
        awaitingAnswer = false;
        rejectedVersion = sentVersion;
        var suspects =
                sent.values().stream()
                        .filter(resource -> !resource.equals(accepted.get(resource.name())))
                        .toList();
        return Optional.of(
                Rejections.attribute(
                        sentVersion, error, suspects.isEmpty() ? sent.values() : suspects));
    }

    /**
     * What is due.
     *
     * @param keepRemoved whether resources that are gone stay for now, because others may still
     *     refer to them
     */
    Optional<Response> due(TypeResources resources, boolean keepRemoved) {
        if (resources == settled) {
            return Optional.empty();
        }
        if (subscriptions.isEmpty()) {
            settled = resources;
            return Optional.empty();
        }
        var target = select(resources);
        if (!type.fullState()) {
            // The variant has no word for "gone" here. Forgotten, it is sent when it is back.
            forgetIf(name -> !target.containsKey(name));
        }
        if (!answered && !broughtVersion.isEmpty()) {
            var version = version(resources, target);
            if (version.equals(broughtVersion)) {
                answered = true;
                sent = target;
                accepted = target;
                sentVersion = version;
                acceptedVersion = version;
                settled = resources;
                return Optional.empty();
            }
        }
        boolean changed = !answered || hasNews(target);
        boolean removed = type.fullState() && !target.keySet().containsAll(sent.keySet());
        if (!changed && !removed) {
            settled = resources;
            return Optional.empty();
        }
        if (!removed || !keepRemoved) {
            return Optional.of(new Response(version(resources, target), target, resources));
        }
        if (!changed) {
            return Optional.empty(); // Due, but not yet.
        }
        var union = new TreeMap<>(sent);
        union.putAll(target);
        return Optional.of(new Response(ContentVersion.of(union.values()), union, null));
    }

    /** The resources of a response that differ from what the client was sent before. */
    List<VersionedResource> changedBy(Response response) {
        return response.resources().values().stream()
                .filter(resource -> !resource.equals(sent.get(resource.name())))
                .toList();
    }

    void markSent(Response response, String newNonce) {
        answered = true;
        nonce = newNonce;
        awaitingAnswer = true;
        sent = response.resources();
        sentVersion = response.version();
        settled = response.settles();
    }

    TypeState state(TypeResources resources) {
        var version = subscriptions.isWildcard() ? resources.version() : currentVersion(resources);
        State state;
        if (awaitingAnswer || !Objects.equals(settled, resources)) {
            state = State.PENDING;
        } else if (!rejectedVersion.isEmpty()) {
            state = State.REJECTED;
        } else {
            state = State.SYNCED;
        }
        return new TypeState(state, version, acceptedVersion);
    }

    private String currentVersion(TypeResources resources) {
        return Objects.equals(settled, resources) && !sentVersion.isEmpty()
                ? sentVersion
                : version(resources, select(resources));
    }

    private boolean hasNews(Map<String, VersionedResource> target) {
        for (VersionedResource resource : target.values()) {
            var before = sent.get(resource.name());
            if (before == null || !before.version().equals(resource.version())) {
                return true;
            }
        }
        return false;
    }

    private Map<String, VersionedResource> select(TypeResources resources) {
        if (subscriptions.isWildcard()) {
            return resources.byName(); // Shared, not copied: every wildcard stream has the same.
        }
        var selected = new TreeMap<String, VersionedResource>();
        for (String name : subscriptions.names()) {
            var resource = resources.byName().get(name);
            if (resource != null) {
                selected.put(name, resource);
            }
        }
        return selected;
    }

    private String version(TypeResources resources, Map<String, VersionedResource> target) {
        return subscriptions.isWildcard()
                ? resources.version()
                : ContentVersion.of(target.values());
    }

    /**
     * @param settles the snapshot's resources this response brings the client up to; null if more
     *     must follow
     */
    record Response(
            String version,
            Map<String, VersionedResource> resources,
            @Nullable TypeResources settles) {
        List<VersionedResource> list() {
            return new ArrayList<>(resources.values());
        }
    }
}
