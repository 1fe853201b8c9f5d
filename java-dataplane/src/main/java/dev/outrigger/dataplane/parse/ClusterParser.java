// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.ClusterConfig.HealthPolicy;
import dev.outrigger.dataplane.config.ClusterConfig.Preconnect;
import dev.outrigger.dataplane.config.ClusterConfig.TrackedStats;
import dev.outrigger.dataplane.config.ClusterConfig.TransportSocketMatch;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamHttp;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamProtocol;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.LoadBalancingConfig;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Algorithm;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.BindConfig;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code envoy.config.cluster.v3.Cluster} to {@link ClusterConfig}. */
@SuppressWarnings("deprecation") // control planes still send the flat options
public final class ClusterParser {
    /** The key of {@code typed_extension_protocol_options} that Envoy reads. */
    static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    /** CL7. */
    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** L6. */
    private static final int DEFAULT_BUFFER_LIMIT_BYTES = 1024 * 1024;

    private final Cluster proto;
    private final Findings findings;

    private ClusterParser(Cluster proto, Findings findings) {
        this.proto = proto;
        this.findings = findings;
    }

    /** Reads a cluster that requests are sent to. */
    public static Parsed<ClusterConfig> parse(Cluster given, ParseContext context) {
        var findings = new Findings(context);
        Cluster proto = TypedStructs.resolve(given, ClusterFields.CLUSTER, findings);
        findings.checkResource(proto, ClusterFields.CLUSTER);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        BindConfig bind = context.upstreamBind();
        Cluster effective =
                bind == null || proto.hasUpstreamBindConfig()
                        ? proto
                        : proto.toBuilder().setUpstreamBindConfig(bind).build();
        return new ClusterParser(DynamicForwardProxyClusterParser.withNaming(effective), findings)
                .parse();
    }

    private Parsed<ClusterConfig> parse() {
        Optional<HttpProtocolOptions> options = httpOptions(proto, findings);
        Discovery discovery = new DiscoveryParser(proto, findings).parse();
        LoadBalancingConfig balancing = new LoadBalancingParser(proto, findings).parse();
        checkProvided(discovery, balancing);
        var upstream = new UpstreamOptionsParser(proto, findings);
        Optional<UpstreamTlsConfig> tls =
                TlsContextParser.upstream(proto.getTransportSocket(), "transport_socket", findings);
        List<TransportSocketMatch> matches = upstream.transportSocketMatches();
        upstream.checkAlpn(options, tls, matches);
        UpstreamHttp http = upstream.http(options);
        checkGrpcHealth(http);
        DynamicForwardProxyClusterParser.checkNaming(proto, http.peerNaming(), findings);
        var preconnect = proto.getPreconnectPolicy();
        ClusterConfig config =
                new ClusterConfig(
                        proto.getName(),
                        proto.getAltStatName().isEmpty() ? proto.getName() : proto.getAltStatName(),
                        discovery,
                        assignment(discovery),
                        balancing,
                        connectTimeout(proto, findings),
                        proto.hasPerConnectionBufferLimitBytes()
                                ? Values.clamp(proto.getPerConnectionBufferLimitBytes())
                                : DEFAULT_BUFFER_LIMIT_BYTES,
                        upstream.circuitBreakers(),
                        http,
                        upstream.sockets(),
                        HealthCheckParser.parse(proto.getHealthChecksList(), findings),
                        proto.hasOutlierDetection()
                                ? Optional.of(
                                        OutlierDetectionParser.parse(
                                                proto.getOutlierDetection(), findings))
                                : Optional.empty(),
                        new HealthPolicy(
                                proto.getIgnoreHealthOnHostRemoval(),
                                proto.getCommonLbConfig().getIgnoreNewHostsUntilFirstHc(),
                                proto.getCommonLbConfig().getCloseConnectionsOnHostSetChange()),
                        tls,
                        ProxyProtocolParser.parse(
                                proto.getTransportSocket(), "transport_socket", findings),
                        matches,
                        new TrackedStats(
                                proto.getTrackTimeoutBudgets()
                                        || proto.getTrackClusterStats().getTimeoutBudgets(),
                                proto.getTrackClusterStats().getRequestResponseSizes(),
                                proto.getTrackClusterStats().getPerEndpointStats()),
                        new Preconnect(
                                preconnect.hasPerUpstreamPreconnectRatio()
                                        ? preconnect.getPerUpstreamPreconnectRatio().getValue()
                                        : 1.0,
                                preconnect.hasPredictivePreconnectRatio()
                                        ? preconnect.getPredictivePreconnectRatio().getValue()
                                        : 1.0),
                        proto.getConnectionPoolPerDownstreamConnection(),
                        !proto.hasWaitForWarmOnInit() || proto.getWaitForWarmOnInit().getValue(),
                        MetadataParser.parse(proto.getMetadata()),
                        !findings.context().isStatic(),
                        Values.contentHash(proto));
        return findings.result(() -> config);
    }

    private void checkGrpcHealth(UpstreamHttp http) {
        boolean grpc =
                proto.getHealthChecksList().stream().anyMatch(HealthCheck::hasGrpcHealthCheck);
        if (grpc && http.protocol() == UpstreamProtocol.HTTP1) {
            findings.invalid(
                    "health_checks",
                    proto.getName(),
                    proto.getName() + " cluster must support HTTP/2 for gRPC healthchecking");
        }
    }

    /** Some kinds bring their own balancer, the others have none to bring. */
    private void checkProvided(Discovery discovery, LoadBalancingConfig balancing) {
        boolean provided = balancing.algorithm() instanceof Algorithm.ClusterProvided;
        switch (discovery) {
            case Discovery.OriginalDst _ -> {
                if (!provided) {
                    findings.invalid(
                            "lb_policy",
                            proto.getLbPolicy(),
                            "cluster: LB policy "
                                    + proto.getLbPolicy()
                                    + " is not valid for Cluster type ORIGINAL_DST. Only"
                                    + " 'CLUSTER_PROVIDED' is allowed with cluster type"
                                    + " 'ORIGINAL_DST'");
                }
            }
            case Discovery.Aggregate _, Discovery.DynamicForwardProxy _ -> {
                if (!provided) {
                    findings.invalid(
                            "lb_policy",
                            proto.getLbPolicy(),
                            "cluster manager: cluster provided LB not specified but cluster '"
                                    + proto.getName()
                                    + "' provided one. Check cluster documentation.");
                }
            }
            case Discovery.Static _, Discovery.Dns _, Discovery.Eds _ -> {
                if (provided) {
                    findings.invalid(
                            "lb_policy",
                            proto.getLbPolicy(),
                            "cluster manager: cluster provided LB specified but cluster '"
                                    + proto.getName()
                                    + "' did not provide one. Check cluster documentation.");
                }
            }
        }
    }

    /** An assignment of a kind that has no use for it is ignored, as in Envoy. */
    private EndpointAssignment assignment(Discovery discovery) {
        return switch (discovery) {
            case Discovery.Static _ -> assignment(Names.REFUSED_IN_CLUSTER);
            case Discovery.Dns _ -> assignment(Names.ALLOWED);
            case Discovery.Eds _,
                    Discovery.OriginalDst _,
                    Discovery.Aggregate _,
                    Discovery.DynamicForwardProxy _ ->
                    EndpointAssignment.EMPTY;
        };
    }

    private EndpointAssignment assignment(Names names) {
        return EndpointParser.assignment(
                proto.getLoadAssignment(), names, "load_assignment", findings);
    }

    static Duration connectTimeout(Cluster proto, Findings findings) {
        return proto.hasConnectTimeout()
                ? Values.duration(proto.getConnectTimeout(), "connect_timeout", findings)
                : DEFAULT_CONNECT_TIMEOUT;
    }

    /** The HTTP options of a cluster; other keys are refused. */
    static Optional<HttpProtocolOptions> httpOptions(Cluster proto, Findings findings) {
        Optional<HttpProtocolOptions> options = Optional.empty();
        for (var entry : proto.getTypedExtensionProtocolOptionsMap().entrySet()) {
            String path = FieldPaths.key("typed_extension_protocol_options", entry.getKey());
            if (!entry.getKey().equals(HTTP_OPTIONS)) {
                findings.invalid(
                        path,
                        entry.getKey(),
                        "Didn't find a registered network or http filter or protocol options"
                                + " implementation for name: '"
                                + entry.getKey()
                                + "'");
                continue;
            }
            options = Values.unpack(entry.getValue(), HttpProtocolOptions.class, path, findings);
        }
        return options;
    }
}
