// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.loadbalancer;

import dev.outrigger.policy.model.Percentage;
import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.Optional;

/**
 * Which host of a service gets a request.
 *
 * @param localityWeighted whether localities get traffic by their weight, which is that of their
 *     endpoints together, however many of these are healthy
 * @param panicThreshold share of healthy hosts below which health is ignored; absent means Envoy's
 *     50 %
 */
public record LoadBalancerPolicy(
        Algorithm algorithm, boolean localityWeighted, Optional<Percentage> panicThreshold)
        implements TrafficBlock {
    /** How a host is chosen. */
    public sealed interface Algorithm {
        record RoundRobin(Optional<SlowStart> slowStart) implements Algorithm {}

        /**
         * @param choiceCount hosts drawn, of which the least busy is taken; absent means 2
         */
        record LeastRequest(Optional<Integer> choiceCount, Optional<SlowStart> slowStart)
                implements Algorithm {}

        record Random() implements Algorithm {}

        /**
         * Consistent hashing on a ring.
         *
         * @param balancePercent a host gets at most this share of the average load, at least 100
         */
        record RingHash(
                Optional<Long> minimumSize,
                Optional<Long> maximumSize,
                HashFunction function,
                Optional<Integer> balancePercent)
                implements Algorithm {}

        /**
         * Consistent hashing by a table.
         *
         * @param tableSize a prime; absent means 65537
         */
        record Maglev(Optional<Long> tableSize, Optional<Integer> balancePercent)
                implements Algorithm {}
    }

    public enum HashFunction {
        XX_HASH,
        MURMUR_HASH_2
    }

    /**
     * New hosts get less at first.
     *
     * @param window until a host gets its full share
     * @param minWeightPercent what it gets at least
     */
    public record SlowStart(Duration window, Optional<Percentage> minWeightPercent) {}

    /** Whether requests go by their hash. */
    public boolean isHashing() {
        return algorithm instanceof Algorithm.RingHash || algorithm instanceof Algorithm.Maglev;
    }

    @Override
    public String blockName() {
        return "loadBalancer";
    }

    @Override
    public Scope scope() {
        return Scope.CLUSTER;
    }
}
