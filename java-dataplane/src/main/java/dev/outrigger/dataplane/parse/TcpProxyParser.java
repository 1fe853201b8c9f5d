// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.NetworkFilterConfig;
import dev.outrigger.dataplane.config.TcpProxyConfig;
import dev.outrigger.dataplane.config.TcpProxyConfig.BackOff;
import dev.outrigger.dataplane.config.TcpProxyConfig.HashSource;
import dev.outrigger.dataplane.config.TcpProxyConfig.TargetCluster;
import dev.outrigger.dataplane.config.TcpProxyConfig.Tunnel;
import io.envoyproxy.envoy.config.core.v3.BackoffStrategy;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TcpAccessLogOptions;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TunnelingConfig;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster;
import io.envoyproxy.envoy.type.v3.HashPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code envoy.filters.network.tcp_proxy} (6.5). */
@SuppressWarnings("deprecation") // control planes still send the old access log fields
final class TcpProxyParser {
    private static final SupportedFields CLUSTER_WEIGHT =
            SupportedFields.of(WeightedCluster.ClusterWeight.class)
                    .obeyed("name", "weight")
                    .nested("metadata_match", () -> MetadataParser.METADATA);

    private static final SupportedFields WEIGHTED =
            SupportedFields.of(WeightedCluster.class).nested("clusters", () -> CLUSTER_WEIGHT);

    private static final SupportedFields LOG_OPTIONS =
            SupportedFields.of(TcpAccessLogOptions.class)
                    .obeyed("access_log_flush_interval", "flush_access_log_on_connected");

    private static final SupportedFields BACK_OFF =
            SupportedFields.of(BackoffStrategy.class, "TCP proxy")
                    .obeyed("base_interval", "max_interval");

    private static final SupportedFields SOURCE_IP = SupportedFields.of(HashPolicy.SourceIp.class);

    private static final SupportedFields FILTER_STATE =
            SupportedFields.of(HashPolicy.FilterState.class)
                    .noEffect("key", "nothing leaves filter state for a TCP connection");

    private static final SupportedFields HASH_POLICY =
            SupportedFields.of(HashPolicy.class)
                    .nested("source_ip", () -> SOURCE_IP)
                    .nested("filter_state", () -> FILTER_STATE);

    private static final SupportedFields TUNNELING =
            SupportedFields.of(TunnelingConfig.class)
                    .obeyed("hostname", "use_post", "post_path")
                    .nested("headers_to_add", () -> HeaderEditsParser.HEADER_OPTION);

    static final SupportedFields TCP_PROXY =
            SupportedFields.of(TcpProxy.class)
                    .obeyed("stat_prefix", "cluster")
                    .nested("weighted_clusters", () -> WEIGHTED)
                    .nested("metadata_match", () -> MetadataParser.METADATA)
                    .obeyed("idle_timeout")
                    .noEffect("downstream_idle_timeout", "Envoy does not read it either")
                    .noEffect("upstream_idle_timeout", "Envoy does not read it either")
                    .nested("access_log", () -> AccessLogParser.ACCESS_LOG)
                    .obeyed("max_connect_attempts")
                    .nested("backoff_options", () -> BACK_OFF)
                    .nested("hash_policy", () -> HASH_POLICY)
                    .obeyed("max_downstream_connection_duration")
                    .obeyed("access_log_flush_interval", "flush_access_log_on_connected")
                    .nested("access_log_options", () -> LOG_OPTIONS)
                    .nested("tunneling_config", () -> TUNNELING);

    /** TP2. */
    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofHours(1);

    private static final int DEFAULT_BACK_OFF_FACTOR = 10;

    private TcpProxyParser() {}

    static NetworkFilterConfig parse(TcpProxy proto, String path, Findings findings) {
        return new NetworkFilterConfig.Tcp(
                new TcpProxyConfig(
                        proto.getStatPrefix(),
                        clusters(proto),
                        proto.hasIdleTimeout()
                                ? millis(
                                        proto.getIdleTimeout(),
                                        FieldPaths.join(path, "idle_timeout"),
                                        findings)
                                : DEFAULT_IDLE_TIMEOUT,
                        Values.duration(
                                proto.getMaxDownstreamConnectionDuration(),
                                FieldPaths.join(path, "max_downstream_connection_duration"),
                                findings),
                        proto.hasMaxConnectAttempts()
                                ? Values.clamp(proto.getMaxConnectAttempts())
                                : 1,
                        backOff(proto, FieldPaths.join(path, "backoff_options"), findings),
                        hashSource(proto),
                        tunnel(proto, FieldPaths.join(path, "tunneling_config"), findings),
                        AccessLogParser.parse(
                                proto.getAccessLogList(),
                                FieldPaths.join(path, "access_log"),
                                findings),
                        flushInterval(proto, path, findings),
                        proto.getFlushAccessLogOnConnected()
                                || proto.getAccessLogOptions().getFlushAccessLogOnConnected()));
    }

    /** Envoy counts it in milliseconds, so that less than one is none. */
    private static Duration millis(
            com.google.protobuf.Duration value, String path, Findings findings) {
        return Duration.ofMillis(Values.duration(value, path, findings).toMillis());
    }

    private static List<TargetCluster> clusters(TcpProxy proto) {
        Optional<MetadataCriteria> all =
                RouteActionParser.metadataMatch(proto.hasMetadataMatch(), proto.getMetadataMatch());
        if (!proto.hasWeightedClusters()) {
            return List.of(new TargetCluster(proto.getCluster(), 1, all));
        }
        var clusters = new ArrayList<TargetCluster>();
        for (WeightedCluster.ClusterWeight each : proto.getWeightedClusters().getClustersList()) {
            Optional<MetadataCriteria> own =
                    RouteActionParser.metadataMatch(
                            each.hasMetadataMatch(), each.getMetadataMatch());
            clusters.add(
                    new TargetCluster(
                            each.getName(),
                            Integer.toUnsignedLong(each.getWeight()),
                            own.map(specific ->
                                            all.map(common -> common.mergedWith(specific))
                                                    .orElse(specific))
                                    .or(() -> all)));
        }
        return clusters;
    }

    private static Optional<BackOff> backOff(TcpProxy proto, String path, Findings findings) {
        if (!proto.hasBackoffOptions()) {
            return Optional.empty();
        }
        BackoffStrategy strategy = proto.getBackoffOptions();
        Duration base =
                Values.duration(
                        strategy.getBaseInterval(),
                        FieldPaths.join(path, "base_interval"),
                        findings);
        Duration max =
                strategy.hasMaxInterval()
                        ? Values.duration(
                                strategy.getMaxInterval(),
                                FieldPaths.join(path, "max_interval"),
                                findings)
                        : base.multipliedBy(DEFAULT_BACK_OFF_FACTOR);
        if (max.compareTo(base) < 0) {
            findings.invalid(
                    FieldPaths.join(path, "max_interval"),
                    max,
                    "max_backoff_interval must be greater or equal to base_backoff_interval");
        }
        return Optional.of(new BackOff(base, max));
    }

    private static Optional<HashSource> hashSource(TcpProxy proto) {
        if (proto.getHashPolicyCount() == 0) {
            return Optional.empty();
        }
        HashPolicy policy = proto.getHashPolicy(0);
        return switch (policy.getPolicySpecifierCase()) {
            case SOURCE_IP -> Optional.of(new HashSource.SourceIp());
            case FILTER_STATE ->
                    Optional.of(new HashSource.FilterState(policy.getFilterState().getKey()));
            case POLICYSPECIFIER_NOT_SET -> Optional.empty();
        };
    }

    private static Optional<Tunnel> tunnel(TcpProxy proto, String path, Findings findings) {
        if (!proto.hasTunnelingConfig()) {
            return Optional.empty();
        }
        TunnelingConfig tunneling = proto.getTunnelingConfig();
        FormatStrings.check(tunneling.getHostname(), FieldPaths.join(path, "hostname"), findings);
        if (!tunneling.getUsePost() && !tunneling.getPostPath().isEmpty()) {
            findings.invalid(
                    FieldPaths.join(path, "post_path"),
                    tunneling.getPostPath(),
                    "Can't set a post path when POST method isn't used");
        }
        return Optional.of(
                new Tunnel(
                        tunneling.getHostname(),
                        tunneling.getUsePost(),
                        tunneling.getPostPath().isEmpty() ? "/" : tunneling.getPostPath(),
                        HeaderEditsParser.additions(
                                tunneling.getHeadersToAddList(),
                                FieldPaths.join(path, "headers_to_add"),
                                findings)));
    }

    private static Duration flushInterval(TcpProxy proto, String path, Findings findings) {
        return proto.getAccessLogOptions().hasAccessLogFlushInterval()
                ? Values.duration(
                        proto.getAccessLogOptions().getAccessLogFlushInterval(),
                        FieldPaths.join(path, "access_log_options.access_log_flush_interval"),
                        findings)
                : Values.duration(
                        proto.getAccessLogFlushInterval(),
                        FieldPaths.join(path, "access_log_flush_interval"),
                        findings);
    }
}
