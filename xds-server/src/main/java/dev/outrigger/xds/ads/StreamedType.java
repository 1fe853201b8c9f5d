// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.node.StreamListener.TypeState;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One type of a stream, as far as both variants agree: what is wanted, what the client has, what it
 * has not answered. Confined to its stream.
 */
abstract sealed class StreamedType permits DeltaType, SotwType {
    /** A gate that has not been set yet: see {@link Stages}. */
    static final long UNSET = Long.MAX_VALUE;

    final ResourceType type;
    final StreamLimits limits;
    final Subscriptions subscriptions;
    final Holdings holdings;
    final Flights flights = new Flights();
    final Refusals refusals = new Refusals();

    /** The response whose answer, and those before it, additions of this type wait for. */
    long gate = UNSET;

    private String acceptedVersion = "";

    // Found out once for a state: who refused a thousand resources asks for it all the time.
    private int knownAt = -1;
    private boolean anyDue;
    private boolean anyRemovalDue;

    StreamedType(ResourceType type, StreamLimits limits, NameSets sharing) {
        this.type = type;
        this.limits = limits;
        this.subscriptions = new Subscriptions(sharing);
        this.holdings = new Holdings(subscriptions);
    }

    /** Whether a name's absence, or its removal, may be said among additions. */
    abstract boolean isSaidWithAdditions(String name, Held held);

    /** Whether the client has a resource that is gone. */
    abstract boolean isRemovalDue(String name, Held held);

    boolean isAnyDue() {
        find();
        return anyDue;
    }

    boolean isAnyRemovalDue() {
        find();
        return anyRemovalDue;
    }

    private void find() {
        int now = holdings.modifications() + refusals.modifications();
        if (now == knownAt) {
            return;
        }
        knownAt = now;
        anyDue = false;
        anyRemovalDue = false;
        for (Map.Entry<String, Held> entry : holdings.apart().entrySet()) {
            var name = entry.getKey();
            var held = entry.getValue();
            anyDue |= isDue(name, held, Scope.EVERYTHING) || isSaidWithAdditions(name, held);
            anyRemovalDue |= isRemovalDue(name, held);
            if (anyDue && anyRemovalDue) {
                return;
            }
        }
    }

    /** Whether anything may be sent that is not a removal. */
    abstract boolean hasAdditions();

    /** Whether the client has anything that must be removed last. */
    abstract boolean hasRemovals();

    /** Of the resources wanted. */
    abstract String targetVersion();

    /** There are newer resources. */
    abstract void advanced();

    /** True if removals must not go before what is new now. */
    boolean advance(TypeResources next) {
        if (next == holdings.newest()) {
            return false;
        }
        refusals.release(next);
        var news = holdings.advance(next);
        if (news != Holdings.News.NONE) {
            gate = UNSET;
        }
        advanced();
        return switch (news) {
            case NONE -> false;
            case CHANGES -> type != ResourceType.ENDPOINT; // They refer to nothing.
            case REMOVALS -> true;
        };
    }

    int trackedNames() {
        return subscriptions.names().size();
    }

    /** Whether there is a resource to send that is not held back. */
    boolean isDue(String name, Held held, Scope scope) {
        var target = holdings.target(name);
        return target != null && isDue(target, held, scope);
    }

    /** The same of what the snapshot has under the name. */
    boolean isDue(VersionedResource target, Held held, Scope scope) {
        return scope.includes(held) && !refusals.holds(target);
    }

    /** Whether an earlier response does not hold back what is newer. */
    boolean mayUpdate(long now) {
        var oldest = flights.oldest();
        return oldest == null || oldest.isAsOldAs(limits.updatePatience().toNanos(), now);
    }

    /** Whether one more answer can be waited for; the oldest may be given up for it. */
    boolean hasRoom(long now) {
        if (flights.size() < limits.unanswered()) {
            return true;
        }
        var oldest = flights.oldest();
        if (oldest == null || !oldest.isAsOldAs(limits.updatePatience().toNanos(), now)) {
            return false;
        }
        flights.remove(oldest.nonce());
        return true;
    }

    /** The client has what the response held. */
    void accepted(Flight flight) {
        if (refusals.isEmpty()) {
            acceptedVersion = flight.version();
        }
    }

    /** The client has what it brought along from another stream. */
    void accepted(String version) {
        acceptedVersion = version;
    }

    /**
     * Undoes what the response counted for. Of what is not blamed by name the client may have taken
     * some, so it will be sent again whatever becomes of it.
     *
     * @param blamed names that the error names; empty if it names none
     */
    void refused(Flight flight, List<String> blamed) {
        var versions = new HashMap<String, String>();
        for (Flight.Change change : flight.changes()) {
            var resource = change.resource();
            versions.put(resource.name(), resource.version());
            if (!subscriptions.contains(resource.name()) || !isPresumed(resource)) {
                continue;
            }
            holdings.put(resource.name(), afterRefusal(change, blamed));
        }
        refusals.add(versions, new HashSet<>(blamed), newest());
        for (Map.Entry<String, Held> removal : flight.removed().entrySet()) {
            var name = removal.getKey();
            var now = holdings.held(name);
            if (subscriptions.contains(name) && !now.isThere()) {
                // Also if there is a new one meanwhile, or it has asked again.
                boolean asked = now.kind() == Held.Kind.ASKED && removal.getValue().isThere();
                holdings.put(name, asked ? removal.getValue().inDoubt() : removal.getValue());
                if (holdings.target(name) == null) {
                    refusals.addRemoval(name, removal.getValue().isThere());
                }
            }
        }
    }

    private Held afterRefusal(Flight.Change change, List<String> blamed) {
        var name = change.resource().name();
        if (blamed.isEmpty() || flights.carries(name)) {
            return change.before().inDoubt();
        }
        if (!blamed.contains(name)) {
            return Held.of(change.resource()).inDoubt();
        }
        boolean asked = change.before().kind() == Held.Kind.ASKED;
        return asked ? change.before().inDoubt() : change.before();
    }

    /** Whether no newer version has been sent since. */
    private boolean isPresumed(VersionedResource resource) {
        var held = holdings.held(resource.name());
        return held.kind() == Held.Kind.VERSION && held.version().equals(resource.version());
    }

    /** How it stands. Removals that wait for another type's refusal are nothing to wait for. */
    TypeState state(boolean removalsHeld) {
        var version = targetVersion();
        if (!flights.isEmpty() || hasAdditions() || (hasRemovals() && !removalsHeld)) {
            return new TypeState(State.PENDING, version, acceptedVersion);
        }
        if (!refusals.isEmpty()) {
            return new TypeState(State.REJECTED, version, acceptedVersion);
        }
        // Nothing of what it wants differs, even if others changed: it has this version.
        acceptedVersion = version;
        return new TypeState(State.SYNCED, version, acceptedVersion);
    }

    TypeResources newest() {
        return Objects.requireNonNull(holdings.newest(), "a snapshot");
    }
}
