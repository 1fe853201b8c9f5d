// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.outlierdetection;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.outlierdetection.OutlierDetectionPolicy.FailurePercentage;
import dev.outrigger.policy.kind.outlierdetection.OutlierDetectionPolicy.SuccessRate;
import dev.outrigger.policy.model.BlockKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads {@code outlierDetection}.
 *
 * <ul>
 *   <li>at least one detector: {@code consecutive5xx}, {@code consecutiveGatewayErrors}, {@code
 *       consecutiveLocalFailures} (each 1..1,000,000), {@code successRate} ({@code minimumHosts} 5,
 *       {@code requestVolume} 100, {@code stdevFactorThousandths} 1900), {@code failurePercentage}
 *       ({@code threshold} 85, {@code minimumHosts} 5, {@code requestVolume} 50)
 *   <li>{@code interval}, {@code baseEjectionTime}, {@code maxEjectionTime}: 1ms..24h; the last at
 *       least as long as the base
 *   <li>{@code maxEjectionPercent}: 0..100
 * </ul>
 */
public final class OutlierDetectionKind implements BlockKind<OutlierDetectionPolicy> {
    private static final List<String> DETECTORS =
            List.of(
                    "consecutive5xx",
                    "consecutiveGatewayErrors",
                    "consecutiveLocalFailures",
                    "successRate",
                    "failurePercentage");
    private static final List<String> SETTINGS =
            List.of("interval", "baseEjectionTime", "maxEjectionTime", "maxEjectionPercent");
    private static final Duration MIN = Duration.ofMillis(1);
    private static final Duration MAX = Duration.ofHours(24);
    private static final int MAX_COUNT = 1_000_000;

    /** Envoy's, which {@code maxEjectionTime} alone is measured against. */
    private static final Duration DEFAULT_BASE = Duration.ofSeconds(30);

    private static final Duration DEFAULT_MAX = Duration.ofMinutes(5);

    @Override
    public String blockName() {
        return "outlierDetection";
    }

    @Override
    public Class<OutlierDetectionPolicy> blockType() {
        return OutlierDetectionPolicy.class;
    }

    @Override
    public Optional<OutlierDetectionPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(Stream.concat(DETECTORS.stream(), SETTINGS.stream()).toList())) {
            return Optional.empty();
        }
        if (DETECTORS.stream().noneMatch(detector -> block.field(detector).isPresent())) {
            block.violate(
                    ViolationCode.MISSING_FIELD,
                    "Detects nothing (expected: at least one of "
                            + String.join(", ", DETECTORS)
                            + ").");
        }
        var base = block.field("baseEjectionTime").duration(MIN, MAX);
        DocumentNode maxNode = block.field("maxEjectionTime");
        var max = maxNode.duration(MIN, MAX);
        if (max.isPresent() && max.get().compareTo(base.orElse(DEFAULT_BASE)) < 0) {
            maxNode.violate(
                    ViolationCode.INCONSISTENT,
                    "Is shorter than one ejection (expected: at least 'baseEjectionTime', which is"
                            + " 30s unless given).");
        }
        // Envoy lets a longer base win over its own default maximum; then it is the maximum.
        var effectiveMax = max.or(() -> base.filter(value -> value.compareTo(DEFAULT_MAX) > 0));
        var policy =
                new OutlierDetectionPolicy(
                        count(block, "consecutive5xx"),
                        count(block, "consecutiveGatewayErrors"),
                        count(block, "consecutiveLocalFailures"),
                        successRate(block.field("successRate")),
                        failurePercentage(block.field("failurePercentage")),
                        block.field("interval").duration(MIN, MAX),
                        base,
                        effectiveMax,
                        block.field("maxEjectionPercent").intIn(0, 100));
        return mark.ifClean(() -> policy);
    }

    private static Optional<Long> count(DocumentNode block, String field) {
        return block.field(field).longIn(1, MAX_COUNT);
    }

    private static Optional<SuccessRate> successRate(DocumentNode node) {
        if (!node.isPresent()
                || !node.objectOf(
                        List.of("minimumHosts", "requestVolume", "stdevFactorThousandths"))) {
            return Optional.empty();
        }
        return Optional.of(
                new SuccessRate(
                        node.field("minimumHosts").intIn(1, MAX_COUNT).orElse(5),
                        node.field("requestVolume").intIn(1, MAX_COUNT).orElse(100),
                        node.field("stdevFactorThousandths").intIn(0, MAX_COUNT).orElse(1_900)));
    }

    private static Optional<FailurePercentage> failurePercentage(DocumentNode node) {
        if (!node.isPresent()
                || !node.objectOf(List.of("threshold", "minimumHosts", "requestVolume"))) {
            return Optional.empty();
        }
        return Optional.of(
                new FailurePercentage(
                        node.field("threshold").intIn(1, 100).orElse(85),
                        node.field("minimumHosts").intIn(1, MAX_COUNT).orElse(5),
                        node.field("requestVolume").intIn(1, MAX_COUNT).orElse(50)));
    }
}
