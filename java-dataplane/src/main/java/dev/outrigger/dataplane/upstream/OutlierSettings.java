// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.OutlierDetectionConfig;
import dev.outrigger.dataplane.config.OutlierDetectionConfig.Monitor;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of outlier detection, each number of which the runtime can overrule for all
 * clusters at once (OD7): Envoy's {@code outlier_detection.*} keys. Any thread.
 */
final class OutlierSettings {
    private static final String PREFIX = "outlier_detection.";
    private static final String ENFORCING = PREFIX + "enforcing_";
    private static final String FAILURE = PREFIX + "failure_percentage_";
    private static final String SUCCESS = PREFIX + "success_rate_";

    private final OutlierDetectionConfig config;
    private final RuntimeLayers runtime;

    OutlierSettings(OutlierDetectionConfig config, RuntimeLayers runtime) {
        this.config = config;
        this.runtime = runtime;
    }

    private long value(String key, long configured) {
        return runtime.snapshot().integer(key, configured);
    }

    private Duration time(String key, Duration configured) {
        return Duration.ofMillis(value(key, configured.toMillis()));
    }

    Duration interval() {
        return time(PREFIX + "interval_ms", config.interval());
    }

    Duration baseEjectionTime() {
        return time(PREFIX + "base_ejection_time_ms", config.baseEjectionTime());
    }

    Duration maxEjectionTime() {
        return time(PREFIX + "max_ejection_time_ms", config.maxEjectionTime());
    }

    Duration maxEjectionTimeJitter() {
        return time(PREFIX + "max_ejection_time_jitter_ms", config.maxEjectionTimeJitter());
    }

    long maxEjectionPercent() {
        return Math.min(100, value(PREFIX + "max_ejection_percent", config.maxEjectionPercent()));
    }

    boolean alwaysEjectOneHost() {
        return config.alwaysEjectOneHost();
    }

    boolean splitExternalLocalOriginErrors() {
        return config.splitExternalLocalOriginErrors();
    }

    boolean successfulActiveHealthCheckUnejectHost() {
        return config.successfulActiveHealthCheckUnejectHost();
    }

    List<Monitor> monitors() {
        return config.monitors();
    }

    long consecutive5xx() {
        return value(PREFIX + "consecutive_5xx", config.consecutive5xx().threshold());
    }

    long consecutiveGatewayFailure() {
        return value(
                PREFIX + "consecutive_gateway_failure",
                config.consecutiveGatewayFailure().threshold());
    }

    long consecutiveLocalOriginFailure() {
        return value(
                PREFIX + "consecutive_local_origin_failure",
                config.consecutiveLocalOriginFailure().threshold());
    }

    long successRateMinimumHosts() {
        return value(SUCCESS + "minimum_hosts", config.successRate().minimumHosts());
    }

    long successRateRequestVolume() {
        return value(SUCCESS + "request_volume", config.successRate().requestVolume());
    }

    /** In thousandths. */
    long successRateStdevFactor() {
        return value(SUCCESS + "stdev_factor", config.successRate().stdevFactor());
    }

    long failurePercentageThreshold() {
        return value(FAILURE + "threshold", config.failurePercentage().threshold());
    }

    long failurePercentageMinimumHosts() {
        return value(FAILURE + "minimum_hosts", config.failurePercentage().minimumHosts());
    }

    long failurePercentageRequestVolume() {
        return value(FAILURE + "request_volume", config.failurePercentage().requestVolume());
    }

    /** How many of a hundred detected ejections are carried out. */
    long enforcing(EjectionType type, @Nullable Monitor extension) {
        return switch (type) {
            case CONSECUTIVE_5XX ->
                    value(ENFORCING + "consecutive_5xx", config.consecutive5xx().enforcing());
            case CONSECUTIVE_GATEWAY_FAILURE ->
                    value(
                            ENFORCING + "consecutive_gateway_failure",
                            config.consecutiveGatewayFailure().enforcing());
            case SUCCESS_RATE ->
                    value(ENFORCING + "success_rate", config.successRate().enforcing());
            case CONSECUTIVE_LOCAL_ORIGIN_FAILURE ->
                    value(
                            ENFORCING + "consecutive_local_origin_failure",
                            config.consecutiveLocalOriginFailure().enforcing());
            case SUCCESS_RATE_LOCAL_ORIGIN ->
                    value(
                            ENFORCING + "local_origin_success_rate",
                            config.successRate().enforcingLocalOrigin());
            case FAILURE_PERCENTAGE ->
                    value(ENFORCING + "failure_percentage", config.failurePercentage().enforcing());
            case FAILURE_PERCENTAGE_LOCAL_ORIGIN ->
                    value(
                            ENFORCING + "failure_percentage_local_origin",
                            config.failurePercentage().enforcingLocalOrigin());
            case EXTENSION -> extension == null ? 0 : extension.enforcing();
        };
    }
}
