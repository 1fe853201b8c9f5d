// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.ClusterConfig.DnsBackoff;
import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import dev.outrigger.dataplane.config.ClusterConfig.DnsOptions;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.OriginalDstLbConfig;
import io.envoyproxy.envoy.extensions.clusters.aggregate.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Where a cluster's hosts come from: {@code type} and {@code cluster_type} (5.1). */
@SuppressWarnings("deprecation") // control planes still send the flat DNS options
final class DiscoveryParser {
    /** CL2. */
    private static final Duration DEFAULT_DNS_REFRESH_RATE = Duration.ofSeconds(5);

    /** CL6. */
    private static final Duration DEFAULT_CLEANUP_INTERVAL = Duration.ofSeconds(5);

    private static final String DEFAULT_ORIGINAL_DST_HEADER = "x-envoy-original-dst-host";

    /** What {@code cluster_type} names; Envoy finds these by name or by the message's type. */
    enum Kind {
        STATIC("envoy.cluster.static"),
        STRICT_DNS("envoy.cluster.strict_dns"),
        LOGICAL_DNS("envoy.cluster.logical_dns"),
        EDS("envoy.cluster.eds"),
        ORIGINAL_DST("envoy.cluster.original_dst"),
        DNS("envoy.cluster.dns"),
        AGGREGATE("envoy.clusters.aggregate"),
        DYNAMIC_FORWARD_PROXY("envoy.clusters.dynamic_forward_proxy");

        private final String extension;

        Kind(String extension) {
            this.extension = extension;
        }
    }

    static final SupportedFields EDS =
            SupportedFields.of(EdsClusterConfig.class)
                    .nested("eds_config", () -> ConfigSourceParser.SOURCE)
                    .obeyed("service_name");

    static final SupportedFields REFRESH_RATE =
            SupportedFields.of(Cluster.RefreshRate.class).obeyed("base_interval", "max_interval");

    private static final SupportedFields DNS_REFRESH_RATE =
            SupportedFields.of(DnsCluster.RefreshRate.class)
                    .obeyed("base_interval", "max_interval");

    static final SupportedFields DNS =
            SupportedFields.of(DnsCluster.class)
                    .obeyed("dns_refresh_rate", "respect_dns_ttl", "dns_jitter")
                    .nested("dns_failure_refresh_rate", () -> DNS_REFRESH_RATE)
                    .nested("typed_dns_resolver_config", () -> DnsResolverParser.TYPED)
                    .obeyed("dns_lookup_family", "all_addresses_in_single_endpoint");

    private static final SupportedFields AGGREGATE =
            SupportedFields.of(ClusterConfig.class).obeyed("clusters");

    static final SupportedFields CUSTOM =
            SupportedFields.of(Cluster.CustomClusterType.class)
                    .obeyed("name")
                    .extension(
                            "typed_config",
                            List.of(
                                    () -> DNS,
                                    () -> AGGREGATE,
                                    () -> DynamicForwardProxyClusterParser.TABLE))
                    .messagesOnly();

    private static final SupportedFields METADATA_KEY_SEGMENT =
            SupportedFields.of(MetadataKey.PathSegment.class).obeyed("key");

    static final SupportedFields METADATA_KEY =
            SupportedFields.of(MetadataKey.class)
                    .obeyed("key")
                    .nested("path", () -> METADATA_KEY_SEGMENT);

    static final SupportedFields ORIGINAL_DST =
            SupportedFields.of(OriginalDstLbConfig.class)
                    .obeyed("use_http_header", "http_header_name", "upstream_port_override")
                    .nested("metadata_key", () -> METADATA_KEY);

    private final Cluster proto;
    private final Findings findings;

    DiscoveryParser(Cluster proto, Findings findings) {
        this.proto = proto;
        this.findings = findings;
    }

    Discovery parse() {
        if (proto.hasEdsClusterConfig() && proto.getType() != DiscoveryType.EDS) {
            findings.invalid(
                    "eds_cluster_config", "", "eds_cluster_config set in a non-EDS cluster");
        }
        Kind kind = kind();
        return switch (kind) {
            case STATIC -> new Discovery.Static();
            case EDS -> eds();
            case STRICT_DNS -> new Discovery.Dns(flatDns(), false);
            case LOGICAL_DNS -> logical(new Discovery.Dns(flatDns(), true));
            case DNS -> typedDns();
            case ORIGINAL_DST -> originalDst();
            case AGGREGATE -> aggregate();
            case DYNAMIC_FORWARD_PROXY -> DynamicForwardProxyClusterParser.parse(proto, findings);
        };
    }

    private Kind kind() {
        if (!proto.hasClusterType()) {
            return of(proto.getType());
        }
        String name = proto.getClusterType().getName();
        for (Kind kind : Kind.values()) {
            if (kind.extension.equals(name)) {
                return kind;
            }
        }
        Any config = proto.getClusterType().getTypedConfig();
        if (Values.is(config, DnsCluster.class)) {
            return Kind.DNS;
        }
        if (Values.is(config, ClusterConfig.class)) {
            return Kind.AGGREGATE;
        }
        if (DynamicForwardProxyClusterParser.isOf(proto)) {
            return Kind.DYNAMIC_FORWARD_PROXY;
        }
        findings.invalid(
                "cluster_type.name",
                name,
                "Didn't find a registered cluster factory implementation for name: '" + name + "'");
        return Kind.STATIC;
    }

    private static Kind of(DiscoveryType type) {
        return switch (type) {
            case STRICT_DNS -> Kind.STRICT_DNS;
            case LOGICAL_DNS -> Kind.LOGICAL_DNS;
            case EDS -> Kind.EDS;
            case ORIGINAL_DST -> Kind.ORIGINAL_DST;
            case STATIC, UNRECOGNIZED -> Kind.STATIC;
        };
    }

    private Discovery eds() {
        if (!proto.hasEdsClusterConfig() || !proto.getEdsClusterConfig().hasEdsConfig()) {
            findings.invalid(
                    "eds_cluster_config", "", "cannot create an EDS cluster without an EDS config");
            return new Discovery.Static();
        }
        var eds = proto.getEdsClusterConfig();
        String service = eds.getServiceName().isEmpty() ? proto.getName() : eds.getServiceName();
        return ConfigSourceParser.source(
                        eds.getEdsConfig(),
                        Asker.ENDPOINTS,
                        "eds_cluster_config.eds_config",
                        findings)
                .<Discovery>map(source -> new Discovery.Eds(service, source))
                .orElseGet(Discovery.Static::new);
    }

    private DnsOptions flatDns() {
        return new DnsOptions(
                proto.hasDnsRefreshRate()
                        ? Values.duration(proto.getDnsRefreshRate(), "dns_refresh_rate", findings)
                        : DEFAULT_DNS_REFRESH_RATE,
                proto.hasDnsFailureRefreshRate()
                        ? Optional.of(
                                backoff(
                                        proto.getDnsFailureRefreshRate().getBaseInterval(),
                                        proto.getDnsFailureRefreshRate().hasMaxInterval(),
                                        proto.getDnsFailureRefreshRate().getMaxInterval(),
                                        "dns_failure_refresh_rate",
                                        findings))
                        : Optional.empty(),
                Values.duration(proto.getDnsJitter(), "dns_jitter", findings),
                proto.getRespectDnsTtl(),
                lookupFamily(proto.getDnsLookupFamily()),
                false,
                DnsResolverParser.of(proto, findings));
    }

    static DnsLookupFamily lookupFamily(Cluster.DnsLookupFamily family) {
        return switch (family) {
            case V4_ONLY -> DnsLookupFamily.V4_ONLY;
            case V6_ONLY -> DnsLookupFamily.V6_ONLY;
            case V4_PREFERRED -> DnsLookupFamily.V4_PREFERRED;
            case ALL -> DnsLookupFamily.ALL;
            case AUTO, UNRECOGNIZED -> DnsLookupFamily.AUTO;
        };
    }

    static DnsBackoff backoff(
            com.google.protobuf.Duration base,
            boolean hasMax,
            com.google.protobuf.Duration max,
            String path,
            Findings findings) {
        Duration first = Values.duration(base, path + ".base_interval", findings);
        Duration last =
                hasMax
                        ? Values.duration(max, path + ".max_interval", findings)
                        : first.multipliedBy(10);
        if (last.compareTo(first) < 0) {
            findings.invalid(
                    path,
                    last,
                    path + " must have max_interval greater than or equal to the base_interval");
        }
        return new DnsBackoff(first, last);
    }

    private Discovery typedDns() {
        String path = "cluster_type.typed_config";
        DnsCluster dns =
                Values.unpack(
                                proto.getClusterType().getTypedConfig(),
                                DnsCluster.class,
                                path,
                                findings)
                        .orElseGet(DnsCluster::getDefaultInstance);
        var options =
                new DnsOptions(
                        dns.hasDnsRefreshRate()
                                ? Values.duration(
                                        dns.getDnsRefreshRate(),
                                        path + ".dns_refresh_rate",
                                        findings)
                                : DEFAULT_DNS_REFRESH_RATE,
                        dns.hasDnsFailureRefreshRate()
                                ? Optional.of(
                                        backoff(
                                                dns.getDnsFailureRefreshRate().getBaseInterval(),
                                                dns.getDnsFailureRefreshRate().hasMaxInterval(),
                                                dns.getDnsFailureRefreshRate().getMaxInterval(),
                                                "dns_failure_refresh_rate",
                                                findings))
                                : Optional.empty(),
                        Values.duration(dns.getDnsJitter(), path + ".dns_jitter", findings),
                        dns.getRespectDnsTtl(),
                        switch (dns.getDnsLookupFamily()) {
                            case V4_ONLY -> DnsLookupFamily.V4_ONLY;
                            case V6_ONLY -> DnsLookupFamily.V6_ONLY;
                            case V4_PREFERRED -> DnsLookupFamily.V4_PREFERRED;
                            case ALL -> DnsLookupFamily.ALL;
                            case UNSPECIFIED, AUTO, UNRECOGNIZED -> DnsLookupFamily.AUTO;
                        },
                        dns.getAllAddressesInSingleEndpoint(),
                        dns.hasTypedDnsResolverConfig()
                                ? DnsResolverParser.typed(
                                        dns.getTypedDnsResolverConfig(),
                                        path + ".typed_dns_resolver_config",
                                        findings)
                                : DnsResolverParser.of(proto, findings));
        boolean logical = dns.getAllAddressesInSingleEndpoint();
        return logical
                ? logical(new Discovery.Dns(options, true))
                : new Discovery.Dns(options, false);
    }

    /** CL3: one name, which may be an address. */
    private Discovery logical(Discovery.Dns dns) {
        var localities = proto.getLoadAssignment().getEndpointsList();
        if (localities.size() != 1 || localities.getFirst().getLbEndpointsCount() != 1) {
            findings.invalid(
                    "load_assignment",
                    "",
                    dns.options().allAddressesInSingleEndpoint()
                            ? "DNS cluster with all_addresses_in_single_endpoint must have a"
                                    + " single locality_lb_endpoint and a single lb_endpoint"
                            : "LOGICAL_DNS clusters must have a single locality_lb_endpoint and a"
                                    + " single lb_endpoint");
        }
        return dns;
    }

    private Discovery originalDst() {
        if (proto.hasLoadAssignment()) {
            findings.invalid(
                    "load_assignment",
                    "",
                    "ORIGINAL_DST clusters must have no load assignment configured");
        }
        OriginalDstLbConfig lb = proto.getOriginalDstLbConfig();
        String name = lb.getHttpHeaderName();
        if (!lb.getUseHttpHeader() && !name.isEmpty()) {
            findings.invalid(
                    "original_dst_lb_config.http_header_name",
                    name,
                    "ORIGINAL_DST cluster: invalid config http_header_name="
                            + name
                            + " and use_http_header is false. Set use_http_header to true if"
                            + " http_header_name is desired.");
        }
        String header =
                lb.getUseHttpHeader() ? (name.isEmpty() ? DEFAULT_ORIGINAL_DST_HEADER : name) : "";
        return new Discovery.OriginalDst(
                Ascii.lower(header),
                metadataKey(lb),
                lb.hasUpstreamPortOverride()
                        ? OptionalInt.of(lb.getUpstreamPortOverride().getValue())
                        : OptionalInt.empty(),
                proto.hasCleanupInterval()
                        ? Values.duration(proto.getCleanupInterval(), "cleanup_interval", findings)
                        : DEFAULT_CLEANUP_INTERVAL);
    }

    private static List<String> metadataKey(OriginalDstLbConfig lb) {
        if (!lb.hasMetadataKey()) {
            return List.of();
        }
        var path = new java.util.ArrayList<String>();
        path.add(lb.getMetadataKey().getKey());
        lb.getMetadataKey().getPathList().forEach(segment -> path.add(segment.getKey()));
        return path;
    }

    private Discovery aggregate() {
        Optional<ClusterConfig> config =
                Values.unpack(
                        proto.getClusterType().getTypedConfig(),
                        ClusterConfig.class,
                        "cluster_type.typed_config",
                        findings);
        if (config.isEmpty()) {
            findings.invalid(
                    "cluster_type.typed_config",
                    "",
                    "clusters: value must contain at least 1 item");
            return new Discovery.Static();
        }
        return new Discovery.Aggregate(config.get().getClustersList());
    }
}
