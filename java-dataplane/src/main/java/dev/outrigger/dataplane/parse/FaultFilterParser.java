// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.filter.fault.FaultConfig;
import dev.outrigger.dataplane.filter.fault.FaultConfig.Abort;
import dev.outrigger.dataplane.filter.fault.FaultConfig.Delay;
import dev.outrigger.dataplane.filter.fault.FaultConfig.RateLimit;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.util.Optional;

/** {@code envoy.filters.http.fault}, the same message for the filter and for routes. */
final class FaultFilterParser {
    private static final SupportedFields DELAY =
            SupportedFields.of(FaultDelay.class)
                    .obeyed("fixed_delay", "header_delay")
                    .nested("percentage", () -> Fractions.PERCENT);

    private static final SupportedFields ABORT =
            SupportedFields.of(FaultAbort.class)
                    .obeyed("http_status", "grpc_status", "header_abort")
                    .nested("percentage", () -> Fractions.PERCENT);

    private static final SupportedFields RATE_LIMIT =
            SupportedFields.of(FaultRateLimit.class)
                    .obeyed("fixed_limit", "header_limit")
                    .nested("percentage", () -> Fractions.PERCENT);

    private static final SupportedFields FAULT =
            SupportedFields.of(HTTPFault.class)
                    .nested("delay", () -> DELAY)
                    .nested("abort", () -> ABORT)
                    .nested("response_rate_limit", () -> RATE_LIMIT)
                    .nested("headers", () -> RouteMatchParser.HEADER)
                    .obeyed(
                            "upstream_cluster",
                            "downstream_nodes",
                            "max_active_faults",
                            "delay_percent_runtime",
                            "abort_percent_runtime",
                            "delay_duration_runtime",
                            "abort_http_status_runtime",
                            "abort_grpc_status_runtime",
                            "max_active_faults_runtime",
                            "response_rate_limit_percent_runtime",
                            "disable_downstream_cluster_stats",
                            "filter_metadata");

    static final HttpFilterType TYPE =
            HttpFilterType.of(
                            "envoy.filters.http.fault",
                            HTTPFault.class,
                            FAULT,
                            FaultFilterParser::parse)
                    .withRoute(HTTPFault.class, FAULT, FaultFilterParser::parse);

    private FaultFilterParser() {}

    private static FaultConfig parse(HTTPFault proto, String path, Findings findings) {
        return new FaultConfig(
                proto.hasDelay() ? delay(proto.getDelay(), path, findings) : Optional.empty(),
                proto.hasAbort() ? Optional.of(abort(proto.getAbort())) : Optional.empty(),
                proto.hasResponseRateLimit()
                        ? Optional.of(rateLimit(proto.getResponseRateLimit()))
                        : Optional.empty(),
                proto.getUpstreamCluster(),
                RouteMatchParser.headers(
                        proto.getHeadersList(), FieldPaths.join(path, "headers"), findings),
                proto.getDownstreamNodesList(),
                proto.hasMaxActiveFaults() ? Values.unsigned(proto.getMaxActiveFaults()) : -1,
                keys(proto),
                proto.getDisableDownstreamClusterStats(),
                proto.hasFilterMetadata()
                        ? Optional.of(MetadataParser.struct(proto.getFilterMetadata()))
                        : Optional.empty());
    }

    private static FaultConfig.Keys keys(HTTPFault proto) {
        return new FaultConfig.Keys(
                or(proto.getDelayPercentRuntime(), RuntimeKeys.FAULT_DELAY_PERCENT),
                or(proto.getAbortPercentRuntime(), RuntimeKeys.FAULT_ABORT_PERCENT),
                or(proto.getDelayDurationRuntime(), RuntimeKeys.FAULT_DELAY_DURATION),
                or(proto.getAbortHttpStatusRuntime(), RuntimeKeys.FAULT_ABORT_HTTP_STATUS),
                or(proto.getAbortGrpcStatusRuntime(), RuntimeKeys.FAULT_ABORT_GRPC_STATUS),
                or(proto.getMaxActiveFaultsRuntime(), RuntimeKeys.FAULT_MAX_ACTIVE),
                or(
                        proto.getResponseRateLimitPercentRuntime(),
                        RuntimeKeys.FAULT_RATE_LIMIT_PERCENT));
    }

    private static String or(String configured, String otherwise) {
        return configured.isEmpty() ? otherwise : configured;
    }

    private static Optional<Delay> delay(FaultDelay proto, String path, Findings findings) {
        long millis =
                proto.hasFixedDelay()
                        ? Values.duration(
                                        proto.getFixedDelay(),
                                        FieldPaths.join(path, "delay.fixed_delay"),
                                        findings)
                                .toMillis()
                        : -1;
        return Optional.of(new Delay(millis, Fractions.percent(proto.getPercentage())));
    }

    private static Abort abort(FaultAbort proto) {
        return new Abort(
                proto.hasHttpStatus() ? proto.getHttpStatus() : -1,
                proto.hasGrpcStatus() ? proto.getGrpcStatus() : -1,
                Fractions.percent(proto.getPercentage()));
    }

    private static RateLimit rateLimit(FaultRateLimit proto) {
        return new RateLimit(
                proto.hasFixedLimit() ? Math.max(0, proto.getFixedLimit().getLimitKbps()) : -1,
                Fractions.percent(proto.getPercentage()));
    }
}
