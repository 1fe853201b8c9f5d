// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.resource.ResourceType;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Make before break: in which order a stream's types may be sent.
 *
 * <h2>Additions</h2>
 *
 * A type is held back until the answers to what it depends on are there: listeners until clusters
 * and endpoints are, routes until listeners are as well. Clusters and endpoints wait for nothing,
 * since a client answers for a cluster only when it has its endpoints. What a client asked for and
 * has none of is held back for a short time only: nothing that works breaks by it.
 *
 * <p>The gate is a response's number. It is set once all that comes before has been sent, so that
 * content which changes all the time holds back others for one answer and not for ever.
 *
 * <h2>Removals</h2>
 *
 * Last, the other way round, each type after the answer to the one before; and not while the client
 * refuses something, since what it has instead may refer to what is gone. A client that begins says
 * type after type what it has; until it has paused, who knows what still refers to what is gone.
 *
 * <h2>Patience</h2>
 *
 * An answer that is {@link StreamLimits#ackTimeout} late is no longer waited for.
 *
 * <h2>Refusals</h2>
 *
 * A refusal is an answer, but what refers to something refused must not follow it. What is to be
 * had instead is decided elsewhere and comes with a newer snapshot; until then, for a moment at
 * most, nothing goes that may refer to it.
 *
 * <p>Confined to its stream.
 */
final class Stages {
    /** The types that stand for the others' references; each depends on those before it. */
    private static final Set<ResourceType> CHAIN =
            EnumSet.of(
                    ResourceType.CLUSTER,
                    ResourceType.ENDPOINT,
                    ResourceType.LISTENER,
                    ResourceType.EXTENSION,
                    ResourceType.SCOPED_ROUTE,
                    ResourceType.ROUTE,
                    ResourceType.VIRTUAL_HOST);

    private static final Set<ResourceType> GATED =
            EnumSet.of(
                    ResourceType.LISTENER,
                    ResourceType.EXTENSION,
                    ResourceType.SCOPED_ROUTE,
                    ResourceType.ROUTE,
                    ResourceType.VIRTUAL_HOST);

    static final long NEVER = Long.MAX_VALUE;

    private static final long UNKNOWN = Long.MIN_VALUE;

    /** How long a client may take from one type's first request to the next one's. */
    private static final long BEGINNING_NANOS = 1_000_000_000L;

    /** How long it may take until a refusal's consequences are known. */
    private static final long JUDGEMENT_NANOS = 1_000_000_000L;

    private final long ackNanos;
    private final long updateNanos;
    private final boolean aggregated;
    private final Map<ResourceType, StreamedType> types = new EnumMap<>(ResourceType.class);
    private long lastSequence;
    private long removalGate = StreamedType.UNSET;
    private int givenUp;

    /** Since when the client may have said everything; unset if it has just named a type. */
    private long begunNanos = UNKNOWN;

    /** The earliest type that was refused since the snapshot came; null if none was. */
    private @Nullable ResourceType refused;

    private long refusedNanos = UNKNOWN;

    /**
     * @param aggregated whether the stream may have every type
     */
    Stages(StreamLimits limits, boolean aggregated) {
        this.aggregated = aggregated;
        this.ackNanos = limits.ackTimeout().toNanos();
        this.updateNanos = limits.updatePatience().toNanos();
    }

    void add(StreamedType type) {
        types.put(type.type, type);
        begunNanos = UNKNOWN;
    }

    /** To be called before the others of a round. */
    void at(long now) {
        if (begunNanos == UNKNOWN) {
            begunNanos = now;
        }
        if (refused != null && refusedNanos == UNKNOWN) {
            refusedNanos = now;
        }
    }

    /** The client refused a response of the type. */
    void refused(ResourceType type) {
        if (CHAIN.contains(type) && (refused == null || type.compareTo(refused) < 0)) {
            refused = type;
            refusedNanos = UNKNOWN;
        }
    }

    /** There is a newer snapshot, in which the consequences of every refusal are drawn. */
    void judged() {
        refused = null;
    }

    /** Whether something that the type may refer to was refused a moment ago. */
    private boolean isUnderJudgement(ResourceType type, long now) {
        return refused != null
                && refused.compareTo(type) < 0
                && now - refusedNanos < JUDGEMENT_NANOS;
    }

    private boolean isBeginning(long now) {
        at(now);
        return now - begunNanos < BEGINNING_NANOS;
    }

    long nextSequence() {
        lastSequence++;
        return lastSequence;
    }

    /** Something may have to be removed that was not before. */
    void removalsChanged() {
        removalGate = StreamedType.UNSET;
    }

    /** A removal was sent: those of earlier types wait for its answer. */
    void removalSent() {
        removalGate = lastSequence;
    }

    /** How often an answer was not waited for any longer; counted from the last time asked. */
    int takeGivenUp() {
        int count = givenUp;
        givenUp = 0;
        return count;
    }

    /** What of the type may be sent, given that it has additions. */
    Scope scope(StreamedType type, long now) {
        if (!type.hasRoom(now)) {
            return Scope.NOTHING;
        }
        if (GATED.contains(type.type)) {
            if (!isPreceded(type) || isUnderJudgement(type.type, now)) {
                return Scope.NOTHING;
            }
            if (isBeforeClusters(now) || !isAnswered(type.gate, type.type, ackNanos, now)) {
                return isAnswered(type.gate, type.type, updateNanos, now)
                        ? Scope.ASKED
                        : Scope.NOTHING;
            }
        }
        return type.mayUpdate(now) ? Scope.EVERYTHING : Scope.AGAIN;
    }

    /** Whether all that comes before has been sent; sets the gate when it has. */
    private boolean isPreceded(StreamedType type) {
        for (ResourceType earlier : CHAIN) {
            if (earlier == type.type) {
                break;
            }
            var other = types.get(earlier);
            if (other != null && other.hasAdditions()) {
                return false; // To be sent before, in this very round if nothing holds it back.
            }
        }
        if (type.gate == StreamedType.UNSET) {
            type.gate = lastSequence;
        }
        return true;
    }

    /** A client that has routes of an earlier stream has not yet said which clusters it has. */
    private boolean isBeforeClusters(long now) {
        return aggregated && !types.containsKey(ResourceType.CLUSTER) && isBeginning(now);
    }

    /** Whether nothing up to the response is unanswered in the types before the given one. */
    private boolean isAnswered(
            long gate, @Nullable ResourceType before, long patienceNanos, long now) {
        boolean late = false;
        for (ResourceType earlier : CHAIN) {
            if (earlier == before) {
                break;
            }
            var other = types.get(earlier);
            if (other == null) {
                continue;
            }
            for (Flight flight : other.flights.all()) {
                if (flight.sequence() <= gate) {
                    if (!flight.isAsOldAs(patienceNanos, now)) {
                        return false;
                    }
                    late = true;
                }
            }
        }
        if (late && patienceNanos == ackNanos) {
            givenUp++;
        }
        return true;
    }

    /** Whether removals of this type may be sent, given that there are some. */
    boolean mayRemove(StreamedType type, long now) {
        if (isBeginning(now) || areRemovalsHeld(type)) {
            return false;
        }
        for (StreamedType other : types.values()) {
            if (other.hasAdditions()) {
                return false;
            }
        }
        if (removalGate == StreamedType.UNSET) {
            removalGate = lastSequence;
        }
        return type.hasRoom(now) && isAnswered(removalGate, null, ackNanos, now);
    }

    /** Whether another type's refusal stands in the way: the old version may need what is gone. */
    boolean areRemovalsHeld(StreamedType type) {
        for (StreamedType other : types.values()) {
            if (other != type && CHAIN.contains(other.type) && !other.refusals.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** When patience ends, at the earliest, with something that is waited for; or never. */
    long nextDeadline(long now) {
        long earliest = Long.MAX_VALUE;
        boolean waits = false;
        if (isBeginning(now)) {
            earliest = BEGINNING_NANOS - (now - begunNanos);
        }
        if (refused != null && now - refusedNanos < JUDGEMENT_NANOS) {
            earliest = Math.min(earliest, JUDGEMENT_NANOS - (now - refusedNanos));
        }
        for (StreamedType type : types.values()) {
            waits |= type.hasAdditions() || type.hasRemovals();
            for (Flight flight : type.flights.all()) {
                long age = now - flight.sentNanos();
                if (age < updateNanos) {
                    earliest = Math.min(earliest, updateNanos - age);
                } else if (age < ackNanos) {
                    earliest = Math.min(earliest, ackNanos - age);
                }
            }
        }
        return waits && earliest != Long.MAX_VALUE ? now + earliest : NEVER;
    }
}
