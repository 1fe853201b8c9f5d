// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.node.StreamListener.Nack;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.TypeResources;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a group was given, the newest last; that is what it is given now. Confined to the
 * reconciler's thread.
 */
final class Offers {
    /** How far one can go back. Content shares whatever did not change, so each costs little. */
    private static final int HISTORY = 8;

    private final Deque<Offer> offers = new ArrayDeque<>();

    /** Something that was given. */
    static final class Offer {
        private final Snapshot snapshot;
        private final PolicySet policies;
        private @Nullable Instant firstGiven;

        /**
         * @param policies it was made of
         * @param firstGiven null if it has not been given to anybody yet
         */
        Offer(Snapshot snapshot, PolicySet policies, @Nullable Instant firstGiven) {
            this.snapshot = snapshot;
            this.policies = policies;
            this.firstGiven = firstGiven;
        }

        Snapshot snapshot() {
            return snapshot;
        }

        Optional<Instant> firstGiven() {
            return Optional.ofNullable(firstGiven);
        }

        /** The same content, given once more. */
        Offer again(long edition) {
            return new Offer(snapshot.withEdition(edition), policies, firstGiven);
        }

        private boolean holds(ResourceType type, Nack nack) {
            var content = snapshot.type(type);
            return nack.versions().entrySet().stream()
                    .allMatch(entry ->
                            content.find(entry.getKey())
                                    .filter(resource -> resource.version().equals(entry.getValue()))
                                    .isPresent());
        }
    }

    /** What another one was given, and what was stable in it. */
    void continueFrom(Offers others) {
        offers.addAll(others.offers);
    }

    @Nullable Offer newest() {
        return offers.peekLast();
    }

    Optional<Snapshot> snapshot() {
        return Optional.ofNullable(offers.peekLast()).map(Offer::snapshot);
    }

    void add(Offer offer) {
        offers.addLast(offer);
        if (offers.size() > HISTORY) {
            offers.removeFirst();
        }
    }

    /** The same, knowing what was given before. */
    Snapshot asNext(Snapshot snapshot) {
        var before = new ArrayList<Snapshot>(offers.size());
        offers.descendingIterator().forEachRemaining(offer -> before.add(offer.snapshot));
        return snapshot.after(before);
    }

    /** Whether it is the first time that the newest was given to a node. */
    boolean given(Instant now) {
        var newest = offers.peekLast();
        if (newest == null || newest.firstGiven != null) {
            return false;
        }
        newest.firstGiven = now;
        return true;
    }

    /** The policies that the content was made of which was given before the refused one. */
    PolicySet policiesBefore(ResourceType type, Nack nack) {
        return offers.stream()
                .filter(offer -> !offer.holds(type, nack))
                .reduce((_, later) -> later)
                .map(offer -> offer.policies)
                .orElse(PolicySet.EMPTY);
    }

    /** The newest that holds nothing refused. */
    Optional<Offer> lastGood(Refusals refusals) {
        for (Iterator<Offer> newestFirst = offers.descendingIterator(); newestFirst.hasNext(); ) {
            var offer = newestFirst.next();
            if (refusals.in(offer.snapshot.types()).isEmpty()) {
                return Optional.of(offer);
            }
        }
        return Optional.empty();
    }

    /** Whether all that was refused has been served since before the limit. */
    boolean isProven(ResourceType type, Nack nack, Instant limit) {
        for (Offer offer : offers) {
            var since = offer.firstGiven;
            if (since != null && since.isBefore(limit) && offer.holds(type, nack)) {
                return true;
            }
        }
        return false;
    }

    static boolean isSame(
            Map<ResourceType, TypeResources> one, Map<ResourceType, TypeResources> other) {
        for (ResourceType type : ResourceType.values()) {
            if (!one.getOrDefault(type, TypeResources.EMPTY)
                    .isSame(other.getOrDefault(type, TypeResources.EMPTY))) {
                return false;
            }
        }
        return true;
    }

    /** Of each type; equal for equal content, also in another process. */
    static List<String> versions(Map<ResourceType, TypeResources> content) {
        return ResourceType.inOrder().stream()
                .map(type -> content.getOrDefault(type, TypeResources.EMPTY).version())
                .toList();
    }
}
