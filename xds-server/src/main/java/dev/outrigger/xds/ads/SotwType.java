// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.StreamListener.Nack;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One type of a state-of-the-world stream. Where a list must be complete it is; of the other types
 * only what changed is sent.
 */
final class SotwType extends StreamedType {
    /** Ends the version of a response that leaves the client with less or more than it wants. */
    private static final String INCOMPLETE = "+";

    /** Whether an empty list still means everything. */
    private boolean legacyWildcard;

    /** What the client brought along from another stream; of use until the first answer. */
    private String broughtVersion = "";

    /** What was served before, the newest first; of use until the first answer. */
    private List<TypeResources> earlier = List.of();

    private boolean answered;
    private String nonce = "";

    SotwType(ResourceType type, StreamLimits limits, NameSets sharing) {
        super(type, limits, sharing);
    }

    void firstRequest(Collection<String> names, String version) {
        legacyWildcard = names.isEmpty() && type.legacyWildcard();
        broughtVersion = version;
        subscribe(names);
    }

    /** Whether the request answers the last response; the client had not seen it otherwise. */
    boolean isCurrent(String responseNonce) {
        return responseNonce.equals(nonce);
    }

    void subscribe(Collection<String> names) {
        legacyWildcard &= names.isEmpty();
        var before = subscriptions.names();
        boolean everything = subscriptions.isWildcard();
        subscriptions.replace(names);
        if (legacyWildcard) {
            subscriptions.legacyWildcard();
        }
        if (everything == subscriptions.isWildcard() && before.equals(subscriptions.names())) {
            return; // As in nearly every answer.
        }
        for (String name : subscriptions.names().asList()) {
            if (!everything && !before.contains(name)) {
                holdings.ask(name, false);
            }
        }
        if (subscriptions.isWildcard() && !everything) {
            holdings.askAll(name -> before.contains(name) || subscriptions.names().contains(name));
        }
        // A name that is asked for again later must be sent again.
        holdings.settleIf(name -> !subscriptions.contains(name));
        forgetAbsent();
        gate = UNSET;
    }

    @Override
    void advanced() {
        forgetAbsent();
        bring();
    }

    /** The variant has no word for what is not there, or is gone, unless the list is complete. */
    private void forgetAbsent() {
        if (holdings.newest() == null || holdings.isUpToDate()) {
            return;
        }
        holdings.settleIf(name ->
                holdings.target(name) == null
                        && (!type.fullState() || !holdings.held(name).isThere()));
    }

    /** To be called before {@link #advance}. */
    void remember(List<TypeResources> served) {
        earlier = answered ? List.of() : served;
    }

    /**
     * A reconnecting client has everything, or exactly what was served some time ago, or some of
     * it.
     */
    private void bring() {
        if (answered || broughtVersion.isEmpty()) {
            return;
        }
        if (targetVersion().equals(broughtVersion)) {
            answered = true;
            holdings.settleAll();
            accepted(broughtVersion);
        } else {
            earlier.stream()
                    .filter(served -> wantedOf(served).equals(broughtVersion))
                    .findFirst()
                    .ifPresentOrElse(this::has, this::hasSome);
        }
        broughtVersion = "";
    }

    private void hasSome() {
        for (String name : List.copyOf(holdings.apart().keySet())) {
            holdings.put(name, Held.SOME);
        }
    }

    /** What is gone meanwhile stays in complete lists until nothing can refer to it any more. */
    private void has(TypeResources served) {
        var names =
                subscriptions.isWildcard()
                        ? served.byName().keySet()
                        : subscriptions.names().asList();
        for (String name : names) {
            var had = served.get(name);
            if (had != null && (holdings.target(name) != null || type.fullState())) {
                holdings.put(name, Held.of(had));
            }
        }
    }

    /** True for the first answer to a response; later requests only change the subscription. */
    boolean accept() {
        var flight = flights.remove(nonce);
        if (flight == null) {
            return false;
        }
        accepted(flight);
        return true;
    }

    /** The refusal, unless this response was refused before. */
    Optional<Nack> reject(String error) {
        var flight = flights.remove(nonce);
        if (flight == null) {
            return Optional.empty();
        }
        var suspects = flight.resources();
        refused(flight, Rejections.named(error, suspects));
        return Optional.of(
                Rejections.attribute(
                        flight.version(), error, suspects.isEmpty() ? selected() : suspects));
    }

    @Override
    boolean hasAdditions() {
        return (!answered && !subscriptions.isEmpty()) || isAnyDue();
    }

    @Override
    boolean isSaidWithAdditions(String name, Held held) {
        return type == ResourceType.LISTENER && isRemovalDue(name, held);
    }

    @Override
    boolean hasRemovals() {
        return isAnyRemovalDue();
    }

    @Override
    boolean isRemovalDue(String name, Held held) {
        return type.fullState()
                && holdings.target(name) == null
                && held.isThere()
                && !refusals.holdsRemoval(name);
    }

    /** Of what is wanted; the wildcard's is computed once for all streams. */
    @Override
    String targetVersion() {
        return wantedOf(newest());
    }

    private String wantedOf(TypeResources resources) {
        return subscriptions.isWildcard()
                ? resources.version()
                : subscriptions.names().versionIn(resources);
    }

    /** What is due of what may be sent, and for complete lists all the rest. */
    Optional<Batch> additions(Scope scope) {
        boolean first = !answered && !subscriptions.isEmpty() && scope != Scope.NOTHING;
        // Nothing refers to a listener, and a new one may take the address of one that is gone.
        boolean removing =
                type == ResourceType.LISTENER && scope == Scope.EVERYTHING && hasRemovals();
        var due = new TreeMap<String, Flight.Change>();
        holdings.apart()
                .forEach((name, held) -> {
                    var target = holdings.target(name);
                    if (target != null && isDue(name, held, scope)) {
                        due.put(name, new Flight.Change(target, held));
                    }
                });
        if (due.isEmpty() && !first && !removing) {
            return Optional.empty();
        }
        return Optional.of(
                type.fullState()
                        ? complete(due, type != ResourceType.LISTENER || !removing)
                        : changedOnly(due));
    }

    /** The list without what is gone. */
    Optional<Batch> removals() {
        return hasRemovals() ? Optional.of(complete(new TreeMap<>(), false)) : Optional.empty();
    }

    private Batch changedOnly(Map<String, Flight.Change> due) {
        var resources =
                new Filling(limits.responseBytes())
                        .resources(due.values().stream().map(Flight.Change::resource).toList());
        var changes = List.copyOf(due.values()).subList(0, resources.size());
        boolean complete = changes.size() == holdings.apart().size();
        return new Batch(resources, changes, Map.of(), List.of(), version(complete));
    }

    /**
     * Everything that is wanted. What may not be sent yet, or was refused, stays as the client has
     * it, as does what is gone until nothing refers to it.
     */
    private Batch complete(Map<String, Flight.Change> due, boolean keepRemoved) {
        var changes = new ArrayList<>(due.values());
        if (due.size() == holdings.apart().size()) {
            return new Batch(selected(), changes, Map.of(), List.of(), version(true));
        }
        var list = new TreeMap<String, VersionedResource>();
        selected().forEach(resource -> list.put(resource.name(), resource));
        var removed = new TreeMap<String, Held>();
        var lost = new ArrayList<String>();
        boolean complete = true;
        for (Map.Entry<String, Held> entry : holdings.apart().entrySet()) {
            var name = entry.getKey();
            var held = entry.getValue();
            var target = holdings.target(name);
            if (target == null) {
                if (held.resource() != null && (keepRemoved || refusals.holdsRemoval(name))) {
                    list.put(name, held.resource());
                    complete = false;
                } else {
                    removed.put(name, held); // Cannot be kept if it is not known here.
                }
            } else if (!due.containsKey(name)) {
                complete = false;
                if (refusals.holds(target) && !refusals.blames(target)) {
                    changes.add(new Flight.Change(target, held)); // Only in bad company.
                } else if (held.resource() != null) {
                    list.put(name, held.resource());
                } else {
                    list.remove(name);
                    lost.add(name);
                }
            }
        }
        return new Batch(List.copyOf(list.values()), changes, removed, lost, version(complete));
    }

    private String version(boolean complete) {
        return complete ? targetVersion() : targetVersion() + INCOMPLETE;
    }

    private Collection<VersionedResource> selected() {
        TypeResources newest = newest();
        if (subscriptions.isWildcard()) {
            return newest.byName().values(); // Shared, not copied.
        }
        var selected = new ArrayList<VersionedResource>();
        for (String name : subscriptions.names().asList()) {
            var resource = newest.get(name);
            if (resource != null) {
                selected.add(resource);
            }
        }
        return selected;
    }

    void markSent(Batch batch, String newNonce, long sequence, long now) {
        answered = true;
        broughtVersion = "";
        for (Flight.Change change : batch.changes()) {
            holdings.settle(change.resource().name());
        }
        batch.removed().keySet().forEach(holdings::settle);
        batch.lost().forEach(name -> holdings.put(name, Held.NOTHING));
        var flight =
                new Flight(
                        newNonce,
                        sequence,
                        now,
                        newest(),
                        batch.version(),
                        batch.changes().stream().map(Flight.Change::resource).toList(),
                        Flight.remembered(batch.changes()),
                        batch.removed());
        var superseded = flights.remove(nonce);
        nonce = newNonce;
        // Whoever waits for the answer to the older one now waits for this.
        flights.add(superseded == null ? flight : flight.since(superseded));
    }

    /**
     * The content of one response.
     *
     * @param changes what is new to the client
     * @param removed what it had and no longer has by this, since it is gone
     * @param lost what it may have had, and has not by this, since it refused the new
     */
    record Batch(
            Collection<VersionedResource> resources,
            List<Flight.Change> changes,
            Map<String, Held> removed,
            List<String> lost,
            String version) {}
}
