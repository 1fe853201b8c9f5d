// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.AccessLogFilterConfig;
import dev.outrigger.dataplane.config.AccessLogFilterConfig.Comparison;
import dev.outrigger.dataplane.config.AccessLogFilterConfig.Comparison.Operator;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.DurationFilter;
import io.envoyproxy.envoy.config.accesslog.v3.GrpcStatusFilter;
import io.envoyproxy.envoy.config.accesslog.v3.HeaderFilter;
import io.envoyproxy.envoy.config.accesslog.v3.LogTypeFilter;
import io.envoyproxy.envoy.config.accesslog.v3.MetadataFilter;
import io.envoyproxy.envoy.config.accesslog.v3.OrFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.accesslog.v3.RuntimeFilter;
import io.envoyproxy.envoy.config.accesslog.v3.StatusCodeFilter;
import io.envoyproxy.envoy.config.core.v3.RuntimeUInt32;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code envoy.config.accesslog.v3.AccessLogFilter}, of access logs and of local replies. */
final class AccessLogFilterParser {
    private static final String RUNTIME = "no runtime overrides the default value";

    private static final SupportedFields VALUE =
            SupportedFields.of(RuntimeUInt32.class)
                    .obeyed("default_value")
                    .noEffect("runtime_key", RUNTIME);

    private static final SupportedFields COMPARISON =
            SupportedFields.of(ComparisonFilter.class).obeyed("op").nested("value", () -> VALUE);

    private static final SupportedFields STATUS =
            SupportedFields.of(StatusCodeFilter.class).nested("comparison", () -> COMPARISON);

    private static final SupportedFields DURATION =
            SupportedFields.of(DurationFilter.class).nested("comparison", () -> COMPARISON);

    private static final SupportedFields FRACTION =
            SupportedFields.of(RuntimeFilter.class)
                    .noEffect("runtime_key", RUNTIME)
                    .obeyed("percent_sampled", "use_independent_randomness");

    private static final SupportedFields AND =
            SupportedFields.of(AndFilter.class)
                    .nested("filters", () -> AccessLogFilterParser.FILTER);

    private static final SupportedFields OR =
            SupportedFields.of(OrFilter.class)
                    .nested("filters", () -> AccessLogFilterParser.FILTER);

    private static final SupportedFields HEADER =
            SupportedFields.of(HeaderFilter.class).nested("header", () -> RouteMatchParser.HEADER);

    private static final SupportedFields FLAGS =
            SupportedFields.of(ResponseFlagFilter.class).obeyed("flags");

    private static final SupportedFields GRPC =
            SupportedFields.of(GrpcStatusFilter.class).obeyed("statuses", "exclude");

    private static final SupportedFields TYPE =
            SupportedFields.of(LogTypeFilter.class).obeyed("types", "exclude");

    private static final SupportedFields METADATA =
            SupportedFields.of(MetadataFilter.class)
                    .nested("matcher", () -> MetadataMatcherParser.MATCHER)
                    .obeyed("match_if_key_not_found");

    static final SupportedFields FILTER =
            SupportedFields.of(AccessLogFilter.class)
                    .nested("status_code_filter", () -> STATUS)
                    .nested("duration_filter", () -> DURATION)
                    .obeyed("not_health_check_filter", "traceable_filter")
                    .nested("runtime_filter", () -> FRACTION)
                    .nested("and_filter", () -> AND)
                    .nested("or_filter", () -> OR)
                    .nested("header_filter", () -> HEADER)
                    .nested("response_flag_filter", () -> FLAGS)
                    .nested("grpc_status_filter", () -> GRPC)
                    .nested("log_type_filter", () -> TYPE)
                    .nested("metadata_filter", () -> METADATA);

    private AccessLogFilterParser() {}

    static AccessLogFilterConfig parse(AccessLogFilter proto, String path, Findings findings) {
        return switch (proto.getFilterSpecifierCase()) {
            case STATUS_CODE_FILTER ->
                    new AccessLogFilterConfig.StatusCode(
                            comparison(proto.getStatusCodeFilter().getComparison()));
            case DURATION_FILTER ->
                    new AccessLogFilterConfig.DurationMillis(
                            comparison(proto.getDurationFilter().getComparison()));
            case NOT_HEALTH_CHECK_FILTER -> new AccessLogFilterConfig.NotHealthCheck();
            case TRACEABLE_FILTER -> new AccessLogFilterConfig.Traceable();
            case RUNTIME_FILTER -> fraction(proto.getRuntimeFilter());
            case AND_FILTER ->
                    new AccessLogFilterConfig.And(
                            all(
                                    proto.getAndFilter().getFiltersList(),
                                    FieldPaths.join(path, "and_filter.filters"),
                                    findings));
            case OR_FILTER ->
                    new AccessLogFilterConfig.Or(
                            all(
                                    proto.getOrFilter().getFiltersList(),
                                    FieldPaths.join(path, "or_filter.filters"),
                                    findings));
            case HEADER_FILTER ->
                    new AccessLogFilterConfig.Header(
                            RouteMatchParser.headers(
                                            List.of(proto.getHeaderFilter().getHeader()),
                                            FieldPaths.join(path, "header_filter.header"),
                                            findings)
                                    .getFirst());
            case RESPONSE_FLAG_FILTER ->
                    new AccessLogFilterConfig.ResponseFlags(
                            proto.getResponseFlagFilter().getFlagsList().stream()
                                    .collect(Collectors.toUnmodifiableSet()));
            case GRPC_STATUS_FILTER ->
                    new AccessLogFilterConfig.GrpcStatus(
                            proto.getGrpcStatusFilter().getStatusesList().stream()
                                    .map(GrpcStatusFilter.Status::getNumber)
                                    .collect(Collectors.toUnmodifiableSet()),
                            proto.getGrpcStatusFilter().getExclude());
            case LOG_TYPE_FILTER ->
                    new AccessLogFilterConfig.LogType(
                            proto.getLogTypeFilter().getTypesList().stream()
                                    .map(Enum::name)
                                    .collect(Collectors.toUnmodifiableSet()),
                            proto.getLogTypeFilter().getExclude());
            case METADATA_FILTER ->
                    metadata(
                            proto.getMetadataFilter(),
                            FieldPaths.join(path, "metadata_filter"),
                            findings);
            // All were reported before: by the table, and by the oneof's own constraint.
            case EXTENSION_FILTER, FILTERSPECIFIER_NOT_SET -> new AccessLogFilterConfig.Always();
        };
    }

    private static AccessLogFilterConfig metadata(
            MetadataFilter proto, String path, Findings findings) {
        boolean otherwise =
                !proto.hasMatchIfKeyNotFound() || proto.getMatchIfKeyNotFound().getValue();
        if (!proto.hasMatcher()) {
            return new AccessLogFilterConfig.DynamicMetadata(Optional.empty(), otherwise);
        }
        String at = FieldPaths.join(path, "matcher");
        return new AccessLogFilterConfig.DynamicMetadata(
                MetadataMatcherParser.parse(List.of(proto.getMatcher()), at, findings).stream()
                        .findFirst(),
                otherwise);
    }

    private static List<AccessLogFilterConfig> all(
            List<AccessLogFilter> protos, String path, Findings findings) {
        var filters = new ArrayList<AccessLogFilterConfig>();
        for (int i = 0; i < protos.size(); i++) {
            filters.add(parse(protos.get(i), FieldPaths.index(path, i), findings));
        }
        return filters;
    }

    private static Comparison comparison(ComparisonFilter proto) {
        Operator operator =
                switch (proto.getOp()) {
                    case GE -> Operator.AT_LEAST;
                    case LE -> Operator.AT_MOST;
                    case EQ, UNRECOGNIZED -> Operator.EQUAL;
                };
        return new Comparison(operator, Integer.toUnsignedLong(proto.getValue().getDefaultValue()));
    }

    private static AccessLogFilterConfig fraction(RuntimeFilter proto) {
        FractionalPercent percent = proto.getPercentSampled();
        long denominator =
                switch (percent.getDenominator()) {
                    case HUNDRED, UNRECOGNIZED -> 100;
                    case TEN_THOUSAND -> 10_000;
                    case MILLION -> 1_000_000;
                };
        return new AccessLogFilterConfig.RuntimeFraction(
                proto.getRuntimeKey(),
                Integer.toUnsignedLong(percent.getNumerator()),
                denominator,
                proto.getUseIndependentRandomness());
    }
}
