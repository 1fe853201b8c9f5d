// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.outlierdetection;

import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.Optional;

/**
 * When a host is left out, and for how long. A detector that is absent is switched off, Envoy's
 * defaults notwithstanding: what is written is what runs.
 *
 * @param consecutive5xx answers 5xx or failures in a row, 1..4,294,967,295
 * @param consecutiveGatewayErrors 502, 503, 504 or failures in a row
 * @param consecutiveLocalFailures connections that fail, in a row; present means that failures
 *     before an answer no longer count for the other detectors
 * @param interval how often the statistical detectors look and ejections end; absent means 10 s
 * @param baseEjectionTime times the number of ejections so far; absent means 30 s
 * @param maxEjectionTime absent means 300 s
 * @param maxEjectionPercent of the hosts; absent means Envoy's 10, but one host at least
 */
public record OutlierDetectionPolicy(
        Optional<Long> consecutive5xx,
        Optional<Long> consecutiveGatewayErrors,
        Optional<Long> consecutiveLocalFailures,
        Optional<SuccessRate> successRate,
        Optional<FailurePercentage> failurePercentage,
        Optional<Duration> interval,
        Optional<Duration> baseEjectionTime,
        Optional<Duration> maxEjectionTime,
        Optional<Integer> maxEjectionPercent)
        implements TrafficBlock {
    /**
     * Hosts whose success rate is far below the average of all.
     *
     * @param stdevFactorThousandths how many standard deviations, times 1000
     */
    public record SuccessRate(int minimumHosts, int requestVolume, int stdevFactorThousandths) {}

    /**
     * Hosts that fail more often than a fixed share.
     *
     * @param threshold percent, 1..100
     */
    public record FailurePercentage(int threshold, int minimumHosts, int requestVolume) {}

    @Override
    public String blockName() {
        return "outlierDetection";
    }

    @Override
    public Scope scope() {
        return Scope.CLUSTER;
    }
}
