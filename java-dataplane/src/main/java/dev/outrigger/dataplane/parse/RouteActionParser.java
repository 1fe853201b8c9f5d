// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ConnectConfig;
import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.HedgePolicyConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.MaxStreamDuration;
import dev.outrigger.dataplane.config.RouteActionConfig.Timeouts;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.WireText;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HedgePolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig;
import io.envoyproxy.envoy.extensions.early_data.v3.DefaultEarlyDataPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code RouteAction}: everything a forwarding route says. */
@SuppressWarnings("deprecation") // control planes still send max_grpc_timeout and its like
final class RouteActionParser {
    static final SupportedFields HEDGE =
            SupportedFields.of(HedgePolicy.class)
                    .obeyed("hedge_on_per_try_timeout")
                    .noEffect("initial_requests", "Envoy does not read it")
                    .noEffect("additional_request_chance", "Envoy does not read it");

    private static final SupportedFields MAX_STREAM_DURATION =
            SupportedFields.of(RouteAction.MaxStreamDuration.class)
                    .obeyed(
                            "max_stream_duration",
                            "grpc_timeout_header_max",
                            "grpc_timeout_header_offset");

    private static final SupportedFields CONNECT =
            SupportedFields.of(UpgradeConfig.ConnectConfig.class)
                    .obeyed("allow_post")
                    .nested("proxy_protocol_config", () -> ProxyProtocolParser.ADDRESSES);

    private static final SupportedFields UPGRADE =
            SupportedFields.of(UpgradeConfig.class, "route")
                    .obeyed("upgrade_type", "enabled")
                    .nested("connect_config", () -> CONNECT);

    private static final SupportedFields DEFAULT_EARLY_DATA =
            SupportedFields.of(DefaultEarlyDataPolicy.class);

    private static final SupportedFields EARLY_DATA =
            SupportedFields.of(TypedExtensionConfig.class, "early data policy")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> DEFAULT_EARLY_DATA));

    static final SupportedFields ROUTE =
            SupportedFields.of(RouteAction.class)
                    .obeyed(
                            "cluster",
                            "cluster_header",
                            "cluster_not_found_response_code",
                            "prefix_rewrite",
                            "host_rewrite_literal",
                            "auto_host_rewrite",
                            "host_rewrite_header",
                            "append_x_forwarded_host",
                            "timeout",
                            "idle_timeout",
                            "max_grpc_timeout",
                            "grpc_timeout_offset",
                            "priority",
                            "internal_redirect_action",
                            "max_internal_redirects")
                    .obeyedWithNote(
                            "cluster_specifier_plugin",
                            "there are none: only an optional one may be named, and its route"
                                    + " answers 404")
                    .nested("weighted_clusters", () -> WeightedClustersParser.WEIGHTED)
                    .nested(
                            "inline_cluster_specifier_plugin",
                            () -> ClusterSpecifierPlugins.PLUGIN,
                            "there are none: only an optional one is accepted, and its route"
                                    + " answers 404")
                    .nested("metadata_match", () -> MetadataParser.METADATA)
                    .nested("regex_rewrite", () -> RewriteParser.REGEX_REWRITE)
                    .nested("host_rewrite_path_regex", () -> RewriteParser.REGEX_REWRITE)
                    .nested("path_rewrite_policy", () -> RewriteParser.PATH_REWRITE_POLICY)
                    .nested("retry_policy", () -> RetryPolicyParser.POLICY)
                    .nested("hedge_policy", () -> HEDGE)
                    .nested("request_mirror_policies", () -> MirrorPolicyParser.MIRROR)
                    .nested("hash_policy", () -> HashPolicyParser.HASH_POLICY)
                    .nested("max_stream_duration", () -> MAX_STREAM_DURATION)
                    .nested("internal_redirect_policy", () -> InternalRedirectParser.POLICY)
                    .nested("upgrade_configs", () -> UPGRADE)
                    .nested(
                            "early_data_policy",
                            () -> EARLY_DATA,
                            "no effect without HTTP/3 and TLS early data")
                    .nested("rate_limits", () -> RateLimitParser.RATE_LIMIT)
                    .obeyed("include_vh_rate_limits")
                    .nested("cors", () -> CorsFilterParser.ROUTE_POLICY);

    /** U1. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    private RouteActionParser() {}

    /**
     * @param routeName for texts only
     * @param plugins the cluster specifier plugins of the route table
     */
    static Forward forward(
            RouteAction proto,
            String routeName,
            Set<String> plugins,
            String path,
            Findings findings) {
        return new Forward(
                clusters(proto, routeName, plugins, path, findings),
                switch (proto.getClusterNotFoundResponseCode()) {
                    case NOT_FOUND -> 404;
                    case INTERNAL_SERVER_ERROR -> 500;
                    case SERVICE_UNAVAILABLE, UNRECOGNIZED -> 503;
                },
                metadataMatch(proto.hasMetadataMatch(), proto.getMetadataMatch()),
                RewriteParser.path(proto, path, findings),
                RewriteParser.host(proto, path, findings),
                proto.getAppendXForwardedHost(),
                timeouts(proto, path, findings),
                proto.hasRetryPolicy()
                        ? Optional.of(
                                RetryPolicyParser.parse(
                                        proto.getRetryPolicy(),
                                        FieldPaths.join(path, "retry_policy"),
                                        findings))
                        : Optional.empty(),
                hedge(proto.hasHedgePolicy(), proto.getHedgePolicy()),
                MirrorPolicyParser.parse(
                        proto.getRequestMirrorPoliciesList(),
                        FieldPaths.join(path, "request_mirror_policies"),
                        findings),
                HashPolicyParser.parse(
                        proto.getHashPolicyList(), FieldPaths.join(path, "hash_policy"), findings),
                InternalRedirectParser.parse(proto, path, findings),
                upgrades(proto.getUpgradeConfigsList(), path, findings),
                connect(proto.getUpgradeConfigsList(), path, findings),
                proto.getPriority() == RoutingPriority.HIGH);
    }

    private static ClusterSpecifier clusters(
            RouteAction proto,
            String routeName,
            Set<String> plugins,
            String path,
            Findings findings) {
        return switch (proto.getClusterSpecifierCase()) {
            case CLUSTER -> new ClusterSpecifier.Single(proto.getCluster());
            case CLUSTER_HEADER ->
                    new ClusterSpecifier.Header(Ascii.lower(proto.getClusterHeader()));
            case WEIGHTED_CLUSTERS ->
                    WeightedClustersParser.parse(
                            proto.getWeightedClusters(),
                            routeName,
                            FieldPaths.join(path, "weighted_clusters"),
                            findings);
            case CLUSTER_SPECIFIER_PLUGIN -> {
                String name = proto.getClusterSpecifierPlugin();
                if (!plugins.contains(name)) {
                    findings.invalid(
                            FieldPaths.join(path, "cluster_specifier_plugin"),
                            name,
                            "Unknown cluster specifier plugin name: "
                                    + name
                                    + " is used in the route");
                }
                yield new ClusterSpecifier.Nowhere();
            }
            case INLINE_CLUSTER_SPECIFIER_PLUGIN -> {
                ClusterSpecifierPlugins.check(
                        proto.getInlineClusterSpecifierPlugin(),
                        FieldPaths.join(path, "inline_cluster_specifier_plugin"),
                        findings);
                yield new ClusterSpecifier.Nowhere();
            }
            // Reported before by the oneof's own constraint.
            case CLUSTERSPECIFIER_NOT_SET -> new ClusterSpecifier.Nowhere();
        };
    }

    /** Load balancers read one namespace; without it there is nothing to match (A6). */
    static Optional<MetadataCriteria> metadataMatch(boolean present, Metadata proto) {
        String lb = dev.outrigger.dataplane.config.Metadata.LB;
        return present && proto.containsFilterMetadata(lb)
                ? Optional.of(
                        MetadataCriteria.of(
                                MetadataParser.struct(proto.getFilterMetadataOrThrow(lb))))
                : Optional.empty();
    }

    static Optional<HedgePolicyConfig> hedge(boolean present, HedgePolicy proto) {
        return present
                ? Optional.of(new HedgePolicyConfig(proto.getHedgeOnPerTryTimeout()))
                : Optional.empty();
    }

    private static Timeouts timeouts(RouteAction proto, String path, Findings findings) {
        return new Timeouts(
                duration(proto.hasTimeout(), proto.getTimeout(), path, "timeout", findings)
                        .orElse(DEFAULT_TIMEOUT),
                duration(
                        proto.hasIdleTimeout(),
                        proto.getIdleTimeout(),
                        path,
                        "idle_timeout",
                        findings),
                proto.hasMaxStreamDuration()
                        ? Optional.of(
                                maxStreamDuration(
                                        proto.getMaxStreamDuration(),
                                        FieldPaths.join(path, "max_stream_duration"),
                                        findings))
                        : Optional.empty(),
                duration(
                        proto.hasMaxGrpcTimeout(),
                        proto.getMaxGrpcTimeout(),
                        path,
                        "max_grpc_timeout",
                        findings),
                duration(
                        proto.hasGrpcTimeoutOffset(),
                        proto.getGrpcTimeoutOffset(),
                        path,
                        "grpc_timeout_offset",
                        findings));
    }

    private static MaxStreamDuration maxStreamDuration(
            RouteAction.MaxStreamDuration proto, String path, Findings findings) {
        return new MaxStreamDuration(
                duration(
                        proto.hasMaxStreamDuration(),
                        proto.getMaxStreamDuration(),
                        path,
                        "max_stream_duration",
                        findings),
                duration(
                        proto.hasGrpcTimeoutHeaderMax(),
                        proto.getGrpcTimeoutHeaderMax(),
                        path,
                        "grpc_timeout_header_max",
                        findings),
                duration(
                        proto.hasGrpcTimeoutHeaderOffset(),
                        proto.getGrpcTimeoutHeaderOffset(),
                        path,
                        "grpc_timeout_header_offset",
                        findings));
    }

    private static Optional<Duration> duration(
            boolean present,
            com.google.protobuf.Duration proto,
            String path,
            String field,
            Findings findings) {
        return present
                ? Optional.of(Values.duration(proto, FieldPaths.join(path, field), findings))
                : Optional.empty();
    }

    private static Map<String, Boolean> upgrades(
            List<UpgradeConfig> protos, String path, Findings findings) {
        var upgrades = new HashMap<String, Boolean>();
        for (int i = 0; i < protos.size(); i++) {
            String type = protos.get(i).getUpgradeType();
            boolean enabled = !protos.get(i).hasEnabled() || protos.get(i).getEnabled().getValue();
            if (upgrades.putIfAbsent(Ascii.lower(WireText.of(type)), enabled) != null) {
                findings.invalid(
                        FieldPaths.index(FieldPaths.join(path, "upgrade_configs"), i),
                        type,
                        "Duplicate upgrade " + type);
            }
        }
        return upgrades;
    }

    /** Of several the last counts. */
    private static Optional<ConnectConfig> connect(
            List<UpgradeConfig> protos, String path, Findings findings) {
        Optional<ConnectConfig> connect = Optional.empty();
        for (int i = 0; i < protos.size(); i++) {
            UpgradeConfig proto = protos.get(i);
            if (!proto.hasConnectConfig()) {
                continue;
            }
            String type = proto.getUpgradeType();
            String at =
                    FieldPaths.join(
                            FieldPaths.index(FieldPaths.join(path, "upgrade_configs"), i),
                            "connect_config");
            if (type.equalsIgnoreCase("CONNECT-UDP")) {
                findings.unsupported(at, type, "UDP in CONNECT is not supported");
            } else if (!type.equalsIgnoreCase("CONNECT")) {
                findings.invalid(
                        at, type, "Non-CONNECT upgrade type " + type + " has ConnectConfig");
            }
            UpgradeConfig.ConnectConfig config = proto.getConnectConfig();
            connect =
                    Optional.of(
                            new ConnectConfig(
                                    config.getAllowPost(),
                                    config.hasProxyProtocolConfig()
                                            ? Optional.of(
                                                    ProxyProtocolParser.addresses(
                                                            config.getProxyProtocolConfig()))
                                            : Optional.empty()));
        }
        return connect;
    }
}
