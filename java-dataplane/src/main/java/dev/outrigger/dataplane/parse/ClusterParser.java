// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.CircuitBreakers;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import dev.outrigger.dataplane.config.ClusterConfig.LbPolicy;
import dev.outrigger.dataplane.config.ClusterConfig.RetryBudget;
import dev.outrigger.dataplane.config.ClusterConfig.Thresholds;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;
import java.util.Optional;

/** {@code envoy.config.cluster.v3.Cluster} to {@link ClusterConfig}. */
@SuppressWarnings("deprecation") // control planes still send the flat HTTP options
public final class ClusterParser {
    /** The key of {@code typed_extension_protocol_options} that Envoy reads. */
    static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    /** CL7. */
    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** L6. */
    private static final int DEFAULT_BUFFER_LIMIT_BYTES = 1024 * 1024;

    /** CP2. */
    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofHours(1);

    /** CL2. */
    private static final Duration DEFAULT_DNS_REFRESH_RATE = Duration.ofSeconds(5);

    /** LB4. */
    private static final int DEFAULT_PANIC_THRESHOLD_PERCENT = 50;

    /** RT10. */
    private static final double DEFAULT_BUDGET_PERCENT = 20;

    private static final int DEFAULT_MIN_RETRY_CONCURRENCY = 3;

    private final Cluster proto;
    private final Findings findings;

    private ClusterParser(Cluster proto, Findings findings) {
        this.proto = proto;
        this.findings = findings;
    }

    /** Reads a cluster that requests are sent to. */
    public static Parsed<ClusterConfig> parse(Cluster proto, ParseContext context) {
        var findings = new Findings(context);
        findings.checkResource(proto, ClusterFields.CLUSTER);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        return new ClusterParser(proto, findings).parse();
    }

    private Parsed<ClusterConfig> parse() {
        Optional<HttpProtocolOptions> options = httpOptions(proto, findings);
        Optional<Discovery> discovery = discovery();
        EndpointAssignment assignment = assignment();
        ClusterConfig config =
                new ClusterConfig(
                        proto.getName(),
                        proto.getAltStatName().isEmpty() ? proto.getName() : proto.getAltStatName(),
                        discovery.orElseGet(Discovery.Static::new),
                        assignment,
                        lbPolicy(),
                        panicThreshold(),
                        connectTimeout(proto, findings),
                        proto.hasPerConnectionBufferLimitBytes()
                                ? Values.clamp(proto.getPerConnectionBufferLimitBytes())
                                : DEFAULT_BUFFER_LIMIT_BYTES,
                        circuitBreakers(),
                        idleTimeout(options),
                        maxRequestsPerConnection(options),
                        trackRemaining(),
                        !findings.context().isStatic(),
                        Values.contentHash(proto));
        return findings.result(() -> config);
    }

    private Optional<Discovery> discovery() {
        return switch (proto.getType()) {
            case STATIC -> Optional.of(new Discovery.Static());
            case STRICT_DNS ->
                    Optional.of(
                            new Discovery.StrictDns(
                                    proto.hasDnsRefreshRate()
                                            ? Values.duration(
                                                    proto.getDnsRefreshRate(),
                                                    "dns_refresh_rate",
                                                    findings)
                                            : DEFAULT_DNS_REFRESH_RATE,
                                    proto.getRespectDnsTtl(),
                                    lookupFamily()));
            case EDS -> eds();
            // Both were reported before by the table.
            case LOGICAL_DNS, ORIGINAL_DST, UNRECOGNIZED -> Optional.empty();
        };
    }

    private Optional<Discovery> eds() {
        if (!proto.hasEdsClusterConfig() || !proto.getEdsClusterConfig().hasEdsConfig()) {
            findings.invalid(
                    "eds_cluster_config", "", "cannot create an EDS cluster without an EDS config");
            return Optional.empty();
        }
        var eds = proto.getEdsClusterConfig();
        String service = eds.getServiceName().isEmpty() ? proto.getName() : eds.getServiceName();
        return ConfigSourceParser.source(
                        eds.getEdsConfig(), "eds_cluster_config.eds_config", findings)
                .map(source -> new Discovery.Eds(service, source));
    }

    /** An EDS cluster's own assignment is ignored, as in Envoy. */
    private EndpointAssignment assignment() {
        if (proto.getType() == DiscoveryType.EDS) {
            return EndpointAssignment.EMPTY;
        }
        return EndpointParser.assignment(
                proto.getLoadAssignment(),
                proto.getType() == DiscoveryType.STATIC ? Names.REFUSED_IN_CLUSTER : Names.ALLOWED,
                "load_assignment",
                findings);
    }

    private DnsLookupFamily lookupFamily() {
        return switch (proto.getDnsLookupFamily()) {
            case V4_ONLY -> DnsLookupFamily.V4_ONLY;
            case V6_ONLY -> DnsLookupFamily.V6_ONLY;
            case V4_PREFERRED -> DnsLookupFamily.V4_PREFERRED;
            case ALL -> DnsLookupFamily.ALL;
            case AUTO, UNRECOGNIZED -> DnsLookupFamily.AUTO;
        };
    }

    private LbPolicy lbPolicy() {
        return switch (proto.getLbPolicy()) {
            case LEAST_REQUEST -> LbPolicy.LEAST_REQUEST;
            case RANDOM -> LbPolicy.RANDOM;
            // All but the first were reported before by the table.
            case ROUND_ROBIN,
                    RING_HASH,
                    MAGLEV,
                    CLUSTER_PROVIDED,
                    LOAD_BALANCING_POLICY_CONFIG,
                    UNRECOGNIZED ->
                    LbPolicy.ROUND_ROBIN;
        };
    }

    private int panicThreshold() {
        return proto.getCommonLbConfig().hasHealthyPanicThreshold()
                ? (int) Math.round(proto.getCommonLbConfig().getHealthyPanicThreshold().getValue())
                : DEFAULT_PANIC_THRESHOLD_PERCENT;
    }

    static Duration connectTimeout(Cluster proto, Findings findings) {
        return proto.hasConnectTimeout()
                ? Values.duration(proto.getConnectTimeout(), "connect_timeout", findings)
                : DEFAULT_CONNECT_TIMEOUT;
    }

    private CircuitBreakers circuitBreakers() {
        return new CircuitBreakers(
                thresholds(RoutingPriority.DEFAULT), thresholds(RoutingPriority.HIGH));
    }

    /** CB1: the first entry of a priority counts. */
    private Thresholds thresholds(RoutingPriority priority) {
        for (var each : proto.getCircuitBreakers().getThresholdsList()) {
            if (each.getPriority() == priority) {
                return new Thresholds(
                        each.hasMaxConnections()
                                ? Values.unsigned(each.getMaxConnections())
                                : Thresholds.DEFAULT.maxConnections(),
                        each.hasMaxPendingRequests()
                                ? Values.unsigned(each.getMaxPendingRequests())
                                : Thresholds.DEFAULT.maxPendingRequests(),
                        each.hasMaxRequests()
                                ? Values.unsigned(each.getMaxRequests())
                                : Thresholds.DEFAULT.maxRequests(),
                        each.hasMaxRetries()
                                ? Values.unsigned(each.getMaxRetries())
                                : Thresholds.DEFAULT.maxRetries(),
                        each.hasRetryBudget()
                                ? Optional.of(budget(each.getRetryBudget()))
                                : Optional.empty());
            }
        }
        return Thresholds.DEFAULT;
    }

    private static RetryBudget budget(
            io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget proto) {
        return new RetryBudget(
                proto.hasBudgetPercent()
                        ? proto.getBudgetPercent().getValue()
                        : DEFAULT_BUDGET_PERCENT,
                proto.hasMinRetryConcurrency()
                        ? Values.clamp(proto.getMinRetryConcurrency())
                        : DEFAULT_MIN_RETRY_CONCURRENCY);
    }

    private boolean trackRemaining() {
        return proto.getCircuitBreakers().getThresholdsList().stream()
                .anyMatch(t -> t.getTrackRemaining());
    }

    /** The typed options replace the cluster's flat ones altogether, as in Envoy. */
    private Duration idleTimeout(Optional<HttpProtocolOptions> options) {
        var common =
                options.map(HttpProtocolOptions::getCommonHttpProtocolOptions)
                        .orElseGet(proto::getCommonHttpProtocolOptions);
        return common.hasIdleTimeout()
                ? Values.duration(
                        common.getIdleTimeout(),
                        "common_http_protocol_options.idle_timeout",
                        findings)
                : DEFAULT_IDLE_TIMEOUT;
    }

    private int maxRequestsPerConnection(Optional<HttpProtocolOptions> options) {
        var common =
                options.map(HttpProtocolOptions::getCommonHttpProtocolOptions)
                        .orElseGet(proto::getCommonHttpProtocolOptions);
        return common.hasMaxRequestsPerConnection()
                ? Values.clamp(common.getMaxRequestsPerConnection())
                : Values.clamp(proto.getMaxRequestsPerConnection());
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
