// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.config.HealthCheckConfig.StatusRange;
import dev.outrigger.dataplane.config.OutlierDetectionConfig;
import dev.outrigger.dataplane.config.OutlierDetectionConfig.Consecutive;
import dev.outrigger.dataplane.config.OutlierDetectionConfig.FailurePercentage;
import dev.outrigger.dataplane.config.OutlierDetectionConfig.Monitor;
import dev.outrigger.dataplane.config.OutlierDetectionConfig.SuccessRate;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.outlier_detection_monitors.common.v3.ErrorBuckets;
import io.envoyproxy.envoy.extensions.outlier_detection_monitors.common.v3.HttpErrors;
import io.envoyproxy.envoy.extensions.outlier_detection_monitors.common.v3.LocalOriginErrors;
import io.envoyproxy.envoy.extensions.outlier_detection_monitors.consecutive_errors.v3.ConsecutiveErrors;
import io.envoyproxy.envoy.type.v3.Int32Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code envoy.config.cluster.v3.OutlierDetection} to {@link OutlierDetectionConfig} (5.7). */
final class OutlierDetectionParser {
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    private static final Duration DEFAULT_BASE_EJECTION_TIME = Duration.ofSeconds(30);
    private static final Duration DEFAULT_MAX_EJECTION_TIME = Duration.ofMinutes(5);

    private static final SupportedFields RANGE =
            SupportedFields.of(Int32Range.class).obeyed("start", "end");

    private static final SupportedFields HTTP_ERRORS =
            SupportedFields.of(HttpErrors.class).nested("range", () -> RANGE);

    private static final SupportedFields LOCAL_ERRORS = SupportedFields.of(LocalOriginErrors.class);

    private static final SupportedFields BUCKETS =
            SupportedFields.of(ErrorBuckets.class)
                    .nested("http_errors", () -> HTTP_ERRORS)
                    .nested("local_origin_errors", () -> LOCAL_ERRORS);

    private static final SupportedFields CONSECUTIVE_ERRORS =
            SupportedFields.of(ConsecutiveErrors.class)
                    .obeyed("name", "threshold", "enforcing")
                    .nested("error_buckets", () -> BUCKETS);

    private static final SupportedFields MONITOR =
            SupportedFields.of(TypedExtensionConfig.class, "outlier detection monitor")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> CONSECUTIVE_ERRORS));

    static final SupportedFields OUTLIER_DETECTION =
            SupportedFields.of(OutlierDetection.class)
                    .obeyed("consecutive_5xx", "interval", "base_ejection_time")
                    .obeyed("max_ejection_percent", "enforcing_consecutive_5xx")
                    .obeyed("enforcing_success_rate", "success_rate_minimum_hosts")
                    .obeyed("success_rate_request_volume", "success_rate_stdev_factor")
                    .obeyed("consecutive_gateway_failure", "enforcing_consecutive_gateway_failure")
                    .obeyed("split_external_local_origin_errors")
                    .obeyed("consecutive_local_origin_failure")
                    .obeyed("enforcing_consecutive_local_origin_failure")
                    .obeyed("enforcing_local_origin_success_rate", "failure_percentage_threshold")
                    .obeyed("enforcing_failure_percentage")
                    .obeyed("enforcing_failure_percentage_local_origin")
                    .obeyed("failure_percentage_minimum_hosts")
                    .obeyed("failure_percentage_request_volume")
                    .obeyed("max_ejection_time", "max_ejection_time_jitter")
                    .obeyed("successful_active_health_check_uneject_host")
                    .nested("monitors", () -> MONITOR)
                    .obeyed("always_eject_one_host");

    private OutlierDetectionParser() {}

    static OutlierDetectionConfig parse(OutlierDetection proto, Findings findings) {
        String path = "outlier_detection";
        Duration base =
                proto.hasBaseEjectionTime()
                        ? Values.duration(
                                proto.getBaseEjectionTime(), path + ".base_ejection_time", findings)
                        : DEFAULT_BASE_EJECTION_TIME;
        Duration longest =
                proto.hasMaxEjectionTime()
                        ? Values.duration(
                                proto.getMaxEjectionTime(), path + ".max_ejection_time", findings)
                        : max(DEFAULT_MAX_EJECTION_TIME, base);
        if (longest.compareTo(base) < 0) {
            findings.invalid(
                    path + ".max_ejection_time",
                    longest,
                    "outlier detector's max_ejection_time cannot be smaller than"
                            + " base_ejection_time");
        }
        return new OutlierDetectionConfig(
                proto.hasInterval()
                        ? Values.duration(proto.getInterval(), path + ".interval", findings)
                        : DEFAULT_INTERVAL,
                base,
                longest,
                Values.duration(
                        proto.getMaxEjectionTimeJitter(),
                        path + ".max_ejection_time_jitter",
                        findings),
                percent(proto.hasMaxEjectionPercent(), proto.getMaxEjectionPercent(), 10),
                proto.getAlwaysEjectOneHost().getValue(),
                proto.getSplitExternalLocalOriginErrors(),
                !proto.hasSuccessfulActiveHealthCheckUnejectHost()
                        || proto.getSuccessfulActiveHealthCheckUnejectHost().getValue(),
                new Consecutive(
                        number(proto.hasConsecutive5Xx(), proto.getConsecutive5Xx(), 5),
                        percent(
                                proto.hasEnforcingConsecutive5Xx(),
                                proto.getEnforcingConsecutive5Xx(),
                                100)),
                new Consecutive(
                        number(
                                proto.hasConsecutiveGatewayFailure(),
                                proto.getConsecutiveGatewayFailure(),
                                5),
                        percent(
                                proto.hasEnforcingConsecutiveGatewayFailure(),
                                proto.getEnforcingConsecutiveGatewayFailure(),
                                0)),
                new Consecutive(
                        number(
                                proto.hasConsecutiveLocalOriginFailure(),
                                proto.getConsecutiveLocalOriginFailure(),
                                5),
                        percent(
                                proto.hasEnforcingConsecutiveLocalOriginFailure(),
                                proto.getEnforcingConsecutiveLocalOriginFailure(),
                                100)),
                successRate(proto),
                failurePercentage(proto),
                monitors(proto.getMonitorsList(), path + ".monitors", findings));
    }

    private static SuccessRate successRate(OutlierDetection proto) {
        return new SuccessRate(
                number(proto.hasSuccessRateMinimumHosts(), proto.getSuccessRateMinimumHosts(), 5),
                number(
                        proto.hasSuccessRateRequestVolume(),
                        proto.getSuccessRateRequestVolume(),
                        100),
                number(proto.hasSuccessRateStdevFactor(), proto.getSuccessRateStdevFactor(), 1900),
                percent(proto.hasEnforcingSuccessRate(), proto.getEnforcingSuccessRate(), 100),
                percent(
                        proto.hasEnforcingLocalOriginSuccessRate(),
                        proto.getEnforcingLocalOriginSuccessRate(),
                        100));
    }

    private static FailurePercentage failurePercentage(OutlierDetection proto) {
        return new FailurePercentage(
                number(
                        proto.hasFailurePercentageThreshold(),
                        proto.getFailurePercentageThreshold(),
                        85),
                number(
                        proto.hasFailurePercentageMinimumHosts(),
                        proto.getFailurePercentageMinimumHosts(),
                        5),
                number(
                        proto.hasFailurePercentageRequestVolume(),
                        proto.getFailurePercentageRequestVolume(),
                        50),
                percent(
                        proto.hasEnforcingFailurePercentage(),
                        proto.getEnforcingFailurePercentage(),
                        0),
                percent(
                        proto.hasEnforcingFailurePercentageLocalOrigin(),
                        proto.getEnforcingFailurePercentageLocalOrigin(),
                        0));
    }

    private static List<Monitor> monitors(
            List<TypedExtensionConfig> protos, String path, Findings findings) {
        var monitors = new ArrayList<Monitor>();
        for (int i = 0; i < protos.size(); i++) {
            String at = FieldPaths.join(FieldPaths.index(path, i), "typed_config");
            Optional<ConsecutiveErrors> config =
                    Values.unpack(
                            protos.get(i).getTypedConfig(), ConsecutiveErrors.class, at, findings);
            String name = protos.get(i).getName();
            config.ifPresent(errors ->
                    monitors.add(
                            new Monitor(
                                    errors.getName().isEmpty() ? name : errors.getName(),
                                    number(errors.hasThreshold(), errors.getThreshold(), 3),
                                    percent(errors.hasEnforcing(), errors.getEnforcing(), 100),
                                    errors.getErrorBuckets().getHttpErrorsList().stream()
                                            .map(HttpErrors::getRange)
                                            .map(r -> new StatusRange(r.getStart(), r.getEnd()))
                                            .toList(),
                                    errors.getErrorBuckets().getLocalOriginErrorsCount() > 0)));
        }
        return monitors;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static long number(boolean present, UInt32Value value, long otherwise) {
        return present ? Values.unsigned(value) : otherwise;
    }

    private static int percent(boolean present, UInt32Value value, int otherwise) {
        return present ? Values.clamp(value) : otherwise;
    }
}
