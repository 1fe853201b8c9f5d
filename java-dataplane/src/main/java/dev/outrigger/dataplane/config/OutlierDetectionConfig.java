// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;

/**
 * {@code envoy.config.cluster.v3.OutlierDetection} with its defaults resolved (5.7). Percentages
 * named {@code enforcing} say how many of the detected ejections are carried out.
 */
public record OutlierDetectionConfig(
        Duration interval,
        Duration baseEjectionTime,
        Duration maxEjectionTime,
        Duration maxEjectionTimeJitter,
        int maxEjectionPercent,
        boolean alwaysEjectOneHost,
        boolean splitExternalLocalOriginErrors,
        boolean successfulActiveHealthCheckUnejectHost,
        Consecutive consecutive5xx,
        Consecutive consecutiveGatewayFailure,
        Consecutive consecutiveLocalOriginFailure,
        SuccessRate successRate,
        FailurePercentage failurePercentage,
        List<Monitor> monitors) {
    public OutlierDetectionConfig {
        monitors = List.copyOf(monitors);
    }

    public record Consecutive(long threshold, int enforcing) {}

    /**
     * @param stdevFactor in thousandths
     */
    public record SuccessRate(
            long minimumHosts,
            long requestVolume,
            long stdevFactor,
            int enforcing,
            int enforcingLocalOrigin) {}

    public record FailurePercentage(
            long threshold,
            long minimumHosts,
            long requestVolume,
            int enforcing,
            int enforcingLocalOrigin) {}

    /**
     * An extension that counts consecutive errors of its own kinds.
     *
     * @param codes half-open ranges of response codes that are errors
     * @param localOrigin whether failures of our own making are errors, too
     */
    public record Monitor(
            String name,
            long threshold,
            int enforcing,
            List<HealthCheckConfig.StatusRange> codes,
            boolean localOrigin) {
        public Monitor {
            codes = List.copyOf(codes);
        }
    }
}
