// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a cluster chooses hosts, whichever way it was written: {@code lb_policy} with its {@code
 * lb_config} and {@code common_lb_config}, or {@code load_balancing_policy}.
 *
 * @param subsets absent: all hosts are one set
 * @param healthyPanicThresholdPercent 0 for no panic (LB4)
 * @param updateMergeWindow how long changes of health, weight and metadata are collected (ED5)
 * @param overrideHostStatus of a host that may be taken because the request names it (LB17)
 */
public record LoadBalancingConfig(
        Algorithm algorithm,
        Optional<Subsets> subsets,
        int healthyPanicThresholdPercent,
        Duration updateMergeWindow,
        Set<OverrideStatus> overrideHostStatus) {
    public static final LoadBalancingConfig DEFAULT =
            new LoadBalancingConfig(
                    new Algorithm.RoundRobin(new Locality.None(), Optional.empty()),
                    Optional.empty(),
                    50,
                    Duration.ofSeconds(1),
                    Set.of(
                            OverrideStatus.UNKNOWN,
                            OverrideStatus.HEALTHY,
                            OverrideStatus.DEGRADED));

    public LoadBalancingConfig {
        overrideHostStatus = Set.copyOf(overrideHostStatus);
    }

    /** {@code envoy.config.core.v3.HealthStatus} as {@code override_host_status} reads it. */
    public enum OverrideStatus {
        UNKNOWN,
        HEALTHY,
        UNHEALTHY,
        DRAINING,
        TIMEOUT,
        DEGRADED
    }

    /** What picks a host once the priority is known (5.3). */
    public sealed interface Algorithm {
        record RoundRobin(Locality locality, Optional<SlowStart> slowStart) implements Algorithm {}

        /**
         * @param choiceCount how many hosts are drawn, at least 2
         * @param fullScan looks at every host instead of drawing some
         */
        record LeastRequest(
                Locality locality,
                Optional<SlowStart> slowStart,
                int choiceCount,
                RuntimeDouble activeRequestBias,
                boolean fullScan)
                implements Algorithm {}

        record Random(Locality locality) implements Algorithm {}

        record RingHash(
                long minimumRingSize,
                long maximumRingSize,
                HashFunction hashFunction,
                ConsistentHashing hashing)
                implements Algorithm {}

        /**
         * @param tableSize a prime number
         */
        record Maglev(int tableSize, ConsistentHashing hashing) implements Algorithm {}

        /** The kind of cluster brings its own: ORIGINAL_DST, aggregate. */
        record ClusterProvided() implements Algorithm {}
    }

    public enum HashFunction {
        XX_HASH,
        MURMUR_HASH_2
    }

    /** How localities count (LB6, LB7). */
    public sealed interface Locality {
        /** Not at all. */
        record None() implements Locality {}

        /** By the weights of the assignment. */
        record Weighted() implements Locality {}

        /** The proxy's own locality first. */
        record ZoneAware(
                int routingEnabledPercent,
                long minClusterSize,
                boolean failTrafficOnPanic,
                boolean forceLocalityDirectRouting)
                implements Locality {}
    }

    /**
     * @param hashBalanceFactor 0 for unbounded loads, else at least 100
     */
    public record ConsistentHashing(
            boolean useHostnameForHashing, int hashBalanceFactor, boolean localityWeighted) {}

    /**
     * A host that just came up gets less (LB15).
     *
     * @param minWeightPercent of the host's weight
     */
    public record SlowStart(Duration window, RuntimeDouble aggression, double minWeightPercent) {}

    /** {@code lb_subset_config} (5.4). */
    public record Subsets(
            Fallback fallbackPolicy,
            MetadataCriteria defaultSubset,
            List<Selector> selectors,
            boolean localityWeightAware,
            boolean scaleLocalityWeight,
            boolean panicModeAny,
            boolean listAsAny,
            boolean fallbackList,
            boolean allowRedundantKeys) {
        public Subsets {
            selectors = List.copyOf(selectors);
        }

        /** What to do when no subset matches. */
        public enum Fallback {
            NOT_DEFINED,
            NO_FALLBACK,
            ANY_ENDPOINT,
            DEFAULT_SUBSET,
            KEYS_SUBSET
        }

        /**
         * @param keys sorted, without duplicates
         * @param fallbackKeysSubset sorted, without duplicates
         */
        public record Selector(
                List<String> keys,
                Fallback fallbackPolicy,
                List<String> fallbackKeysSubset,
                boolean singleHostPerSubset) {
            public Selector {
                keys = List.copyOf(keys);
                fallbackKeysSubset = List.copyOf(fallbackKeysSubset);
            }
        }
    }
}
