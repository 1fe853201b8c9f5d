// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.TypeResources;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a group's rollout must know after a restart: what was refused, and what is given instead.
 * Immutable.
 *
 * @param stopped the versions of content whose trial was refused, by type; empty if there is none
 * @param first the nodes that try newer content than {@code good}; empty if nothing is on trial
 */
public record Remembered(
        List<Refusal> refusals, List<String> stopped, Optional<Good> good, Set<String> first) {
    public Remembered {
        refusals = List.copyOf(refusals);
        stopped = List.copyOf(stopped);
        first = Set.copyOf(first);
    }

    /**
     * Content that nobody has refused.
     *
     * @param firstGiven empty if nobody has it yet
     */
    public record Good(
            long revision, Optional<Instant> firstGiven, Map<ResourceType, TypeResources> content) {
        public Good {
            content = Map.copyOf(content);
        }
    }
}
