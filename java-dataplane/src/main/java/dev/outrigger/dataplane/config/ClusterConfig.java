// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.Optional;

/**
 * {@code envoy.config.cluster.v3.Cluster} with its defaults resolved.
 *
 * @param statName {@code alt_stat_name} or the name, {@code :} not yet replaced
 * @param loadAssignment the inline assignment; for STRICT_DNS its addresses are unresolved names;
 *     empty for EDS
 * @param idleTimeout of pooled connections; zero means none; default 1 h
 * @param maxRequestsPerConnection 0 for no limit
 * @param addedViaApi false for clusters of the bootstrap
 */
public record ClusterConfig(
        String name,
        String statName,
        Discovery discovery,
        EndpointAssignment loadAssignment,
        LbPolicy lbPolicy,
        int healthyPanicThresholdPercent,
        Duration connectTimeout,
        int perConnectionBufferLimitBytes,
        CircuitBreakers circuitBreakers,
        Duration idleTimeout,
        int maxRequestsPerConnection,
        boolean trackRemaining,
        boolean addedViaApi,
        long contentHash) {

    /** Where hosts come from. */
    public sealed interface Discovery {
        record Static() implements Discovery {}

        /**
         * @param refreshRate how often names are resolved again
         */
        record StrictDns(Duration refreshRate, boolean respectDnsTtl, DnsLookupFamily lookupFamily)
                implements Discovery {}

        /**
         * @param serviceName the EDS resource's name
         */
        record Eds(String serviceName, ConfigSourceConfig source) implements Discovery {}
    }

    public enum DnsLookupFamily {
        AUTO,
        V4_ONLY,
        V6_ONLY,
        V4_PREFERRED,
        ALL
    }

    /** More policies follow. */
    public enum LbPolicy {
        ROUND_ROBIN,
        LEAST_REQUEST,
        RANDOM
    }

    /** Per priority (CB1). */
    public record CircuitBreakers(Thresholds defaultPriority, Thresholds highPriority) {}

    /**
     * @param retryBudget replaces {@code maxRetries} when present
     */
    public record Thresholds(
            long maxConnections,
            long maxPendingRequests,
            long maxRequests,
            long maxRetries,
            Optional<RetryBudget> retryBudget) {
        public static final Thresholds DEFAULT =
                new Thresholds(1024, 1024, 1024, 3, Optional.empty());
    }

    public record RetryBudget(double budgetPercent, int minRetryConcurrency) {}
}
