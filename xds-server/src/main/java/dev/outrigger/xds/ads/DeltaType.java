// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.node.StreamListener.Nack;
import dev.outrigger.xds.node.StreamListener.TypeState;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One type of a delta stream: what is wanted, what the client has, what it has not answered. */
final class DeltaType {
    /** The client was told that there is no such resource. No version looks like this. */
    private static final String ABSENT = "";

    /** The client has some version, and gets the current one whatever that is. */
    private static final String TO_RESEND = "?";

    private final ResourceType type;
    private final StreamLimits limits;
    private final Subscriptions subscriptions = new Subscriptions();

    /** Versions the client has, or has been told and not refused. */
    private final Map<String, String> known = new HashMap<>();

    /** Responses without an answer, by nonce. */
    private final Map<String, Sent> unanswered = new LinkedHashMap<>();

    /**
     * Versions that were refused together. They are held back until one of them differs: the client
     * refused the whole response, so the good ones are still missing as well.
     */
    private final List<Map<String, String>> refused = new ArrayList<>();

    /** Names unsubscribed from under a wildcard that do not exist, which must be said. */
    private final TreeSet<String> owedAbsences = new TreeSet<>();

    /** A client that asked for everything waits for an answer, even if there is nothing. */
    private boolean owesAnswer;

    /** Removals that were refused; held back until anything of the type differs. */
    private final Set<String> refusedRemovals = new HashSet<>();

    private String acceptedVersion = "";
    private @Nullable TypeResources evaluated;
    private @Nullable TypeResources settled;

    DeltaType(ResourceType type, StreamLimits limits) {
        this.type = type;
        this.limits = limits;
    }

    int trackedNames() {
        return subscriptions.names().size() + owedAbsences.size();
    }

    /** What a reconnecting client brings along. */
    void bring(Map<String, String> versions) {
        versions.forEach((name, version) -> {
            if (subscriptions.contains(name) && !version.isEmpty()) {
                known.put(name, version);
            }
        });
    }

    void legacyWildcard() {
        subscriptions.legacyWildcard();
        owesAnswer = true;
        settled = null;
    }

    /** A name subscribed to again is sent again: the client may have dropped it in between. */
    void subscribe(Iterable<String> names) {
        for (String name : names) {
            owesAnswer |= name.equals(Subscriptions.WILDCARD) && !subscriptions.isWildcard();
            subscriptions.add(name);
            // What it does not have it will be sent or told of; so only what it has is marked.
            if (known.remove(name, ABSENT) || known.replace(name, TO_RESEND) == null) {
                owedAbsences.remove(name);
            }
            settled = null;
        }
        rememberWhatIsUnderWay();
    }

    /**
     * A response that was written before the client unsubscribed reaches it after it has subscribed
     * again: it will then have what the response holds.
     */
    private void rememberWhatIsUnderWay() {
        for (Sent response : unanswered.values()) {
            for (Change change : response.changes()) {
                var name = change.resource().name();
                if (subscriptions.contains(name)) {
                    known.putIfAbsent(name, TO_RESEND);
                }
            }
        }
    }

    void unsubscribe(Iterable<String> names) {
        for (String name : names) {
            subscriptions.remove(name);
            if (name.equals(Subscriptions.WILDCARD)) {
                known.keySet().retainAll(subscriptions.names());
            } else {
                tellAgainIfWildcard(name);
            }
            settled = null;
        }
    }

    /** The client cannot know whether everything includes this name, and expects to be told. */
    private void tellAgainIfWildcard(String name) {
        if (!subscriptions.isWildcard()) {
            known.remove(name);
        } else if (known.remove(name, ABSENT) || known.replace(name, TO_RESEND) == null) {
            owedAbsences.add(name); // Unless it exists: see additions.
        }
    }

    /** Whether the nonce is that of a response without an answer. */
    boolean accept(String nonce) {
        var response = unanswered.remove(nonce);
        if (response == null) {
            return false;
        }
        if (refused.isEmpty()) {
            acceptedVersion = response.typeVersion();
        }
        return true;
    }

    Optional<Nack> reject(String nonce, String error) {
        var response = unanswered.remove(nonce);
        if (response == null) {
            return Optional.empty();
        }
        var versions = new HashMap<String, String>();
        for (Change change : response.changes()) {
            var resource = change.resource();
            versions.put(resource.name(), resource.version());
            if (resource.version().equals(known.get(resource.name()))) {
                // Another response with it may yet be accepted: then the client has it after all.
                restore(resource.name(), isUnderWay(resource.name()) ? TO_RESEND : change.before());
            }
        }
        if (!versions.isEmpty()) {
            refused.add(versions);
        }
        response.removed()
                .forEach((name, version) -> {
                    if (known.getOrDefault(name, ABSENT).equals(ABSENT)
                            && subscriptions.contains(name)) {
                        known.put(name, version);
                        refusedRemovals.add(name);
                    }
                });
        settled = null;
        return Optional.of(
                Rejections.attribute(
                        response.typeVersion(),
                        error,
                        response.changes().stream().map(Change::resource).toList()));
    }

    /** What the client will be sent again even if it has it. */
    void resend(Iterable<String> names) {
        for (String name : names) {
            known.computeIfPresent(
                    name, (_, version) -> version.equals(ABSENT) ? ABSENT : TO_RESEND);
        }
        settled = null;
    }

    private boolean isUnderWay(String name) {
        return unanswered.values().stream()
                .flatMap(sent -> sent.changes().stream())
                .anyMatch(change -> change.resource().name().equals(name));
    }

    private void restore(String name, @Nullable String before) {
        if (before == null) {
            known.remove(name);
        } else {
            known.put(name, before);
        }
    }

    boolean isBlocked() {
        return unanswered.size() >= limits.unacknowledged();
    }

    /** Additions and changes, and names that do not exist, as many as one message holds. */
    Optional<Batch> additions(TypeResources resources) {
        if (resources == settled) {
            return Optional.empty();
        }
        evaluate(resources);
        var changed = new ArrayList<VersionedResource>();
        long bytes = 0;
        for (VersionedResource resource : wanted(resources)) {
            if (resource.version().equals(known.get(resource.name())) || isHeld(resource)) {
                continue;
            }
            if (!changed.isEmpty() && bytes + resource.sizeBytes() > limits.responseBytes()) {
                return Optional.of(new Batch(changed, alongside(resources)));
            }
            changed.add(resource);
            bytes += resource.sizeBytes();
        }
        var absent = new ArrayList<String>();
        for (String name : new TreeSet<>(subscriptions.names())) {
            if (!resources.byName().containsKey(name) && !known.containsKey(name)) {
                absent.add(name);
            }
        }
        owedAbsences.removeIf(resources.byName()::containsKey);
        absent.addAll(owedAbsences);
        absent.addAll(alongside(resources));
        boolean nothing = changed.isEmpty() && absent.isEmpty();
        return nothing && !(owesAnswer && known.isEmpty())
                ? Optional.empty()
                : Optional.of(new Batch(changed, absent));
    }

    /**
     * Removals that must not come after the additions. Nothing refers to a listener, but a new one
     * may take the address of one that is gone, and Envoy frees it only if it is told so in the
     * same response or before.
     */
    private List<String> alongside(TypeResources resources) {
        return type == ResourceType.LISTENER ? gone(resources) : List.of();
    }

    /** What the client has and the snapshot no longer. */
    Optional<Batch> removals(TypeResources resources) {
        if (resources == settled) {
            return Optional.empty();
        }
        var gone = gone(resources);
        return gone.isEmpty() ? Optional.empty() : Optional.of(new Batch(List.of(), gone));
    }

    private List<String> gone(TypeResources resources) {
        var gone = new ArrayList<String>();
        known.forEach((name, version) -> {
            if (!version.equals(ABSENT)
                    && !resources.byName().containsKey(name)
                    && !refusedRemovals.contains(name)) {
                gone.add(name);
            }
        });
        gone.sort(null);
        return gone;
    }

    /** Nothing is due for these resources; found out, so that it need not be found out again. */
    void settle(TypeResources resources) {
        settled = resources;
    }

    void markSent(Batch batch, String nonce, String typeVersion) {
        owesAnswer = false;
        var changes = new ArrayList<Change>();
        for (VersionedResource resource : batch.changed()) {
            changes.add(new Change(resource, known.put(resource.name(), resource.version())));
        }
        var removed = new HashMap<String, String>();
        for (String name : batch.removed()) {
            owedAbsences.remove(name);
            var before =
                    subscriptions.containsExplicitly(name)
                            ? known.put(name, ABSENT)
                            : known.remove(name);
            if (before != null && !before.equals(ABSENT)) {
                removed.put(name, before);
            }
        }
        unanswered.put(nonce, new Sent(changes, removed, typeVersion));
    }

    TypeState state(TypeResources resources) {
        boolean settledNow = Objects.equals(settled, resources);
        if (!unanswered.isEmpty() || !settledNow) {
            return new TypeState(State.PENDING, resources.version(), acceptedVersion);
        }
        if (!refused.isEmpty()) {
            return new TypeState(State.REJECTED, resources.version(), acceptedVersion);
        }
        // Nothing of what it wants differs, even if others changed: it has this version.
        acceptedVersion = resources.version();
        return new TypeState(State.SYNCED, resources.version(), acceptedVersion);
    }

    /** Releases what was refused once something of it differs. */
    private void evaluate(TypeResources resources) {
        if (resources == evaluated) {
            return;
        }
        evaluated = resources;
        refusedRemovals.clear();
        refused.removeIf(versions ->
                versions.entrySet().stream().anyMatch(entry -> differs(resources, entry)));
    }

    private static boolean differs(TypeResources resources, Map.Entry<String, String> refusal) {
        var resource = resources.byName().get(refusal.getKey());
        return resource == null || !resource.version().equals(refusal.getValue());
    }

    private boolean isHeld(VersionedResource resource) {
        return refused.stream()
                .anyMatch(versions -> resource.version().equals(versions.get(resource.name())));
    }

    private Iterable<VersionedResource> wanted(TypeResources resources) {
        if (subscriptions.isWildcard()) {
            return resources.byName().values();
        }
        return new TreeSet<>(subscriptions.names())
                .stream()
                        .map(resources.byName()::get)
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .toList();
    }

    /** The content of one response. */
    record Batch(List<VersionedResource> changed, List<String> removed) {}

    /**
     * @param before the version the client had
     */
    private record Change(VersionedResource resource, @Nullable String before) {}

    /**
     * @param removed the names the client had, with the version it had
     */
    private record Sent(List<Change> changes, Map<String, String> removed, String typeVersion) {}
}
