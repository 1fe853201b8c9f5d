// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.status.Withheld;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * New content that some nodes try before the others get it. Immutable.
 *
 * @param stable what the other nodes have meanwhile
 * @param first the nodes that try the newest offer
 * @param goneAfter until when these may be away without others taking their place
 */
record Trial(Offers.Offer stable, Set<String> first, Instant since, Instant goneAfter) {
    /** How long nodes may take to come back to a control plane that starts again. */
    static final Duration RETURN = Duration.ofSeconds(10);

    /**
     * A share of some nodes, at least one. By a hash of the id, so that they are the same ones
     * after a restart, and no rank helps.
     */
    static Set<String> share(Set<String> nodes, int percent) {
        int count = Math.max(1, nodes.size() * percent / 100);
        return Set.copyOf(
                nodes.stream()
                        .sorted(
                                Comparator.comparingInt((String id) -> id.hashCode() * 0x9E3779B9)
                                        .thenComparing(Comparator.naturalOrder()))
                        .limit(count)
                        .toList());
    }

    /** As the others' nodes are told about it. */
    Withheld withheld(long revision) {
        return new Withheld(
                Withheld.Reason.ON_TRIAL,
                revision,
                since,
                "",
                "",
                List.of(),
                "tried first by " + first.size() + " of the group's proxies",
                List.of(),
                List.copyOf(new TreeSet<>(first)));
    }

    Trial by(Set<String> others) {
        return new Trial(stable, others, since, since);
    }
}
