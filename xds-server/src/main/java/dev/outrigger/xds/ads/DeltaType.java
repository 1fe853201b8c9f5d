// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.StreamListener.Nack;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One type of a delta stream. */
final class DeltaType extends StreamedType {
    /** A client that asked for everything waits for an answer, even if there is nothing. */
    private boolean owesAnswer;

    DeltaType(ResourceType type, StreamLimits limits, NameSets sharing) {
        super(type, limits, sharing);
    }

    /**
     * The first request.
     *
     * @param versions what a reconnecting client has
     */
    void begin(
            Collection<String> subscribe,
            Collection<String> unsubscribe,
            Map<String, String> versions) {
        if (subscribe.isEmpty() && type.legacyWildcard()) {
            subscriptions.legacyWildcard();
            holdings.askAll(name -> isClaimed(name, versions));
            owesAnswer = true;
        }
        subscribe(subscribe, versions);
        unsubscribe(unsubscribe);
        // Looked up once for each name, which the sorted names of a subscription are slow at.
        var named = new HashSet<>(subscriptions.names().asList());
        versions.forEach((name, version) -> {
            boolean wanted = subscriptions.isWildcard() || named.contains(name);
            if (wanted && !version.isEmpty()) {
                holdings.put(name, Held.ofVersion(version));
            }
        });
        owesAnswer &= versions.isEmpty();
    }

    /** Whether the client says that it has some version: it need not be sent what is the same. */
    private static boolean isClaimed(String name, Map<String, String> versions) {
        return !versions.getOrDefault(name, "").isEmpty();
    }

    void subscribe(Collection<String> said) {
        subscribe(said, Map.of());
    }

    /**
     * @param versions of resources that the client has, which is not said again for each name
     */
    private void subscribe(Collection<String> said, Map<String, String> versions) {
        if (said.isEmpty()) {
            return;
        }
        var names = type == ResourceType.VIRTUAL_HOST ? withAliases(said) : said;
        for (String name : names) {
            if (!name.equals(Subscriptions.WILDCARD) && !isClaimed(name, versions)) {
                holdings.ask(name, subscriptions.contains(name));
            }
        }
        if (names.contains(Subscriptions.WILDCARD) && !subscriptions.isWildcard()) {
            owesAnswer = true;
            var more = new HashSet<>(names);
            holdings.askAll(name ->
                    subscriptions.names().contains(name)
                            || more.contains(name)
                            || isClaimed(name, versions));
            subscriptions.add(names);
            rememberWhatIsUnderWay();
        } else {
            subscriptions.add(names);
        }
        gate = UNSET;
    }

    /**
     * Envoy asks on demand for a virtual host by its route configuration and a domain, which the
     * host has as an alias. Whoever asks for an alias gets the host, now and when it changes.
     */
    private void findByAlias() {
        var found = new ArrayList<String>();
        for (VersionedResource resource : newest().byName().values()) {
            for (String alias : resource.aliases()) {
                if (subscriptions.names().contains(alias)) {
                    holdings.settle(alias);
                    if (!subscriptions.contains(resource.name())) {
                        found.add(resource.name());
                    }
                }
            }
        }
        found.forEach(name -> holdings.ask(name, false));
        subscriptions.add(found);
    }

    private List<String> withAliases(Collection<String> names) {
        var all = new ArrayList<String>();
        for (String name : names) {
            var host = holdings.newest() == null ? null : byAlias(name);
            all.add(host == null ? name : host);
        }
        return all;
    }

    private @Nullable String byAlias(String alias) {
        for (VersionedResource resource : newest().byName().values()) {
            if (resource.aliases().contains(alias)) {
                return resource.name();
            }
        }
        return null;
    }

    /**
     * A response that was written before the client unsubscribed reaches it after it has subscribed
     * again: it will then have what the response holds.
     */
    private void rememberWhatIsUnderWay() {
        for (Flight flight : flights.all()) {
            for (VersionedResource resource : flight.resources()) {
                var name = resource.name();
                if (holdings.target(name) == null && !holdings.held(name).isThere()) {
                    holdings.put(name, Held.SOME);
                }
            }
        }
    }

    void unsubscribe(Collection<String> said) {
        if (said.isEmpty()) {
            return;
        }
        var names = type == ResourceType.VIRTUAL_HOST ? withAliases(said) : said;
        subscriptions.remove(names);
        if (names.contains(Subscriptions.WILDCARD)) {
            holdings.settleIf(name -> !subscriptions.contains(name));
        }
        for (String name : names) {
            if (name.equals(Subscriptions.WILDCARD)) {
                continue;
            }
            if (subscriptions.isWildcard()) {
                // The client cannot know whether everything includes this name, and expects to be
                // told.
                holdings.ask(name, true);
            } else {
                holdings.settle(name);
            }
        }
    }

    /** Whether the nonce is that of a response without an answer. */
    boolean accept(String nonce) {
        var flight = flights.remove(nonce);
        if (flight == null) {
            return false;
        }
        accepted(flight);
        return true;
    }

    Optional<Nack> reject(String nonce, String error) {
        var flight = flights.remove(nonce);
        if (flight == null) {
            return Optional.empty();
        }
        var suspects = flight.resources();
        refused(flight, Rejections.named(error, suspects));
        return Optional.of(Rejections.attribute(flight.version(), error, suspects));
    }

    @Override
    void advanced() {
        if (type == ResourceType.VIRTUAL_HOST && !subscriptions.isWildcard()) {
            findByAlias();
        }
    }

    /** The next part of one response's worth is not an update of what came before. */
    @Override
    boolean mayUpdate(long now) {
        var newest = flights.newest();
        return super.mayUpdate(now) || (newest != null && newest.of() == holdings.newest());
    }

    @Override
    boolean hasAdditions() {
        return (owesAnswer && holdings.isVoid()) || isAnyDue();
    }

    @Override
    boolean isSaidWithAdditions(String name, Held held) {
        return isAbsenceDue(name, held)
                || (type == ResourceType.LISTENER && isRemovalDue(name, held));
    }

    @Override
    boolean hasRemovals() {
        return isAnyRemovalDue();
    }

    @Override
    String targetVersion() {
        return newest().version();
    }

    private boolean isAbsenceDue(String name, Held held) {
        return held.kind() == Held.Kind.ASKED
                && holdings.target(name) == null
                && !refusals.holdsRemoval(name);
    }

    @Override
    boolean isRemovalDue(String name, Held held) {
        return held.isThere() && holdings.target(name) == null && !refusals.holdsRemoval(name);
    }

    /** Additions and changes, and names that do not exist, as many as one message holds. */
    Optional<Batch> additions(Scope scope) {
        if (holdings.isUpToDate()) {
            return owesAnswer && holdings.isVoid() && scope != Scope.NOTHING
                    ? Optional.of(new Batch(List.of(), List.of(), List.of()))
                    : Optional.empty();
        }
        var due = due(scope);
        var absent = scope == Scope.NOTHING ? new TreeSet<String>() : absent();
        // Nothing refers to a listener, but a new one may take the address of one that is gone, and
        // Envoy frees it only if it is told so in the same response or before.
        if (type == ResourceType.LISTENER && scope == Scope.EVERYTHING) {
            absent.addAll(gone());
        }
        var filling = new Filling(limits.responseBytes());
        var changed = filling.resources(due);
        var told = filling.names(absent);
        if (changed.isEmpty() && told.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                type == ResourceType.VIRTUAL_HOST
                        ? new Batch(changed, List.of(), told)
                        : new Batch(changed, told, List.of()));
    }

    /** In the order of their names. */
    private List<VersionedResource> due(Scope scope) {
        var apart = holdings.apart();
        var due = new ArrayList<VersionedResource>(apart.size());
        if (apart.size() > newest().size() / 2) {
            // Nearly all, as for every client that joins: they lie in order already.
            for (VersionedResource resource : newest().byName().values()) {
                var held = apart.get(resource.name());
                if (held != null && isDue(resource, held, scope)) {
                    due.add(resource);
                }
            }
            return due;
        }
        apart.forEach((name, held) -> {
            var target = holdings.target(name);
            if (target != null && isDue(target, held, scope)) {
                due.add(target);
            }
        });
        due.sort(Comparator.comparing(VersionedResource::name));
        return due;
    }

    private SortedSet<String> absent() {
        var absent = new TreeSet<String>();
        holdings.apart()
                .forEach((name, held) -> {
                    if (isAbsenceDue(name, held)) {
                        absent.add(name);
                    }
                });
        return absent;
    }

    /** What the client has and the snapshot no longer, as many as one message holds. */
    Optional<Batch> removals() {
        var gone = new Filling(limits.responseBytes()).names(gone());
        return gone.isEmpty()
                ? Optional.empty()
                : Optional.of(new Batch(List.of(), gone, List.of()));
    }

    private SortedSet<String> gone() {
        var gone = new TreeSet<String>();
        holdings.apart()
                .forEach((name, held) -> {
                    if (isRemovalDue(name, held)) {
                        gone.add(name);
                    }
                });
        return gone;
    }

    void markSent(Batch batch, String nonce, long sequence, long now) {
        owesAnswer = false;
        var had =
                Flight.remembered(
                        batch.changed().stream()
                                .map(each -> new Flight.Change(each, holdings.held(each.name())))
                                .toList());
        batch.changed().forEach(resource -> holdings.settle(resource.name()));
        var removed = new HashMap<String, Held>();
        for (String name : batch.removed()) {
            var held = holdings.held(name);
            removed.put(name, held);
            holdings.settle(name);
        }
        batch.unresolved().forEach(holdings::settle);
        flights.add(
                new Flight(
                        nonce,
                        sequence,
                        now,
                        newest(),
                        newest().version(),
                        batch.changed(),
                        had,
                        removed));
    }

    /**
     * The content of one response.
     *
     * @param unresolved names that virtual hosts were asked for under, that none has
     */
    record Batch(List<VersionedResource> changed, List<String> removed, List<String> unresolved) {}
}
