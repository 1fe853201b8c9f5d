// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RateLimitConfig;
import dev.outrigger.dataplane.config.RateLimitConfig.Action;
import dev.outrigger.dataplane.config.RateLimitConfig.HitsAddend;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code rate_limits} of a route, a virtual host or a filter. */
final class RateLimitParser {
    private static final SupportedFields SEGMENT =
            SupportedFields.of(MetadataKey.PathSegment.class).obeyed("key");

    static final SupportedFields KEY =
            SupportedFields.of(MetadataKey.class).obeyed("key").nested("path", () -> SEGMENT);

    private static final SupportedFields METADATA =
            SupportedFields.of(RateLimit.Action.MetaData.class)
                    .obeyed("descriptor_key", "default_value", "source", "skip_if_absent")
                    .nested("metadata_key", () -> KEY);

    private static final SupportedFields HEADERS =
            SupportedFields.of(RateLimit.Action.HeaderValueMatch.class)
                    .obeyed("descriptor_key", "descriptor_value", "expect_match")
                    .nested("headers", () -> RouteMatchParser.HEADER);

    private static final SupportedFields QUERY =
            SupportedFields.of(RateLimit.Action.QueryParameterValueMatch.class)
                    .obeyed("descriptor_key", "descriptor_value", "expect_match")
                    .nested("query_parameters", () -> RouteMatchParser.QUERY);

    private static final SupportedFields ACTION =
            SupportedFields.of(RateLimit.Action.class)
                    .obeyed(
                            "source_cluster",
                            "destination_cluster",
                            "request_headers",
                            "query_parameters",
                            "remote_address",
                            "generic_key",
                            "masked_remote_address")
                    .nested("header_value_match", () -> HEADERS)
                    .nested("query_parameter_value_match", () -> QUERY)
                    .nested("metadata", () -> METADATA);

    private static final SupportedFields HITS =
            SupportedFields.of(RateLimit.HitsAddend.class).obeyed("number", "format");

    static final SupportedFields RATE_LIMIT =
            SupportedFields.of(RateLimit.class)
                    .obeyed("stage", "disable_key")
                    .nested("actions", () -> ACTION)
                    .noEffect("limit", "read by the global rate limit alone, which is refused")
                    .nested("hits_addend", () -> HITS)
                    .onlyBool("apply_on_stream_done", false);

    /** In a filter's own list; Envoy refuses there what only routes can say. */
    static final SupportedFields OWN_RATE_LIMIT =
            SupportedFields.of(RateLimit.class, "of a local rate limit filter")
                    .nested("actions", () -> ACTION)
                    .nested("hits_addend", () -> HITS);

    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;

    private RateLimitParser() {}

    /**
     * @param path of the list
     */
    static List<RateLimitConfig> parse(List<RateLimit> protos, String path, Findings findings) {
        var limits = new ArrayList<RateLimitConfig>();
        for (int i = 0; i < protos.size(); i++) {
            limits.add(one(protos.get(i), FieldPaths.index(path, i), findings));
        }
        return limits;
    }

    private static RateLimitConfig one(RateLimit proto, String path, Findings findings) {
        var actions = new ArrayList<Action>();
        for (int i = 0; i < proto.getActionsCount(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "actions"), i);
            action(proto.getActions(i), at, findings).ifPresent(actions::add);
        }
        return new RateLimitConfig(
                proto.getStage().getValue(),
                proto.getDisableKey(),
                actions,
                hits(proto, path, findings));
    }

    private static Optional<HitsAddend> hits(RateLimit proto, String path, Findings findings) {
        if (!proto.hasHitsAddend()) {
            return Optional.empty();
        }
        RateLimit.HitsAddend addend = proto.getHitsAddend();
        if (addend.getFormat().isEmpty()) {
            return addend.hasNumber()
                    ? Optional.of(new HitsAddend.Fixed(addend.getNumber().getValue()))
                    : Optional.empty();
        }
        String at = FieldPaths.join(path, "hits_addend.format");
        if (addend.hasNumber()) {
            findings.invalid(
                    at,
                    addend.getFormat(),
                    "hits_addend must contain either 'number' or 'format' field but not both");
        }
        FormatStrings.check(addend.getFormat(), at, findings);
        return Optional.of(new HitsAddend.Format(addend.getFormat()));
    }

    private static Optional<Action> action(RateLimit.Action proto, String path, Findings findings) {
        return switch (proto.getActionSpecifierCase()) {
            case SOURCE_CLUSTER -> Optional.of(new Action.SourceCluster());
            case DESTINATION_CLUSTER -> Optional.of(new Action.DestinationCluster());
            case REQUEST_HEADERS -> {
                var headers = proto.getRequestHeaders();
                yield Optional.of(
                        new Action.RequestHeaders(
                                headers.getHeaderName(),
                                headers.getDescriptorKey(),
                                headers.getSkipIfAbsent()));
            }
            case QUERY_PARAMETERS -> {
                var query = proto.getQueryParameters();
                yield Optional.of(
                        new Action.QueryParameters(
                                query.getQueryParameterName(),
                                query.getDescriptorKey(),
                                query.getSkipIfAbsent()));
            }
            case REMOTE_ADDRESS -> Optional.of(new Action.RemoteAddress());
            case MASKED_REMOTE_ADDRESS -> {
                var masked = proto.getMaskedRemoteAddress();
                yield Optional.of(
                        new Action.MaskedRemoteAddress(
                                masked.hasV4PrefixMaskLen()
                                        ? masked.getV4PrefixMaskLen().getValue()
                                        : V4_BITS,
                                masked.hasV6PrefixMaskLen()
                                        ? masked.getV6PrefixMaskLen().getValue()
                                        : V6_BITS));
            }
            case GENERIC_KEY ->
                    Optional.of(
                            new Action.GenericKey(
                                    or(proto.getGenericKey().getDescriptorKey(), "generic_key"),
                                    proto.getGenericKey().getDescriptorValue()));
            case HEADER_VALUE_MATCH -> Optional.of(headers(proto, path, findings));
            case QUERY_PARAMETER_VALUE_MATCH -> Optional.of(query(proto, path, findings));
            case METADATA -> Optional.of(metadata(proto.getMetadata()));
            // All were reported before: by the table, and by the oneof's own constraint.
            case DYNAMIC_METADATA, EXTENSION, ACTIONSPECIFIER_NOT_SET -> Optional.empty();
        };
    }

    private static Action headers(RateLimit.Action proto, String path, Findings findings) {
        var match = proto.getHeaderValueMatch();
        return new Action.HeaderValueMatch(
                or(match.getDescriptorKey(), "header_match"),
                match.getDescriptorValue(),
                !match.hasExpectMatch() || match.getExpectMatch().getValue(),
                RouteMatchParser.headers(
                        match.getHeadersList(),
                        FieldPaths.join(path, "header_value_match.headers"),
                        findings));
    }

    private static Action query(RateLimit.Action proto, String path, Findings findings) {
        var match = proto.getQueryParameterValueMatch();
        return new Action.QueryParameterValueMatch(
                or(match.getDescriptorKey(), "query_match"),
                match.getDescriptorValue(),
                !match.hasExpectMatch() || match.getExpectMatch().getValue(),
                RouteMatchParser.query(
                        match.getQueryParametersList(),
                        FieldPaths.join(path, "query_parameter_value_match.query_parameters"),
                        findings));
    }

    private static Action metadata(RateLimit.Action.MetaData proto) {
        return new Action.MetaData(
                proto.getDescriptorKey(),
                proto.getMetadataKey().getKey(),
                proto.getMetadataKey().getPathList().stream()
                        .map(MetadataKey.PathSegment::getKey)
                        .toList(),
                proto.getDefaultValue(),
                proto.getSource() == RateLimit.Action.MetaData.Source.DYNAMIC,
                proto.getSkipIfAbsent());
    }

    private static String or(String configured, String otherwise) {
        return configured.isEmpty() ? otherwise : configured;
    }
}
