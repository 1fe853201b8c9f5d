// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DnsResolutionConfig;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.envoyproxy.envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which name servers a DNS cluster or a cache of names asks, by the newest of the three ways to say
 * it.
 */
@SuppressWarnings("deprecation") // the two older ways
final class DnsResolverParser {
    private static final SupportedFields OPTIONS =
            SupportedFields.of(io.envoyproxy.envoy.config.core.v3.DnsResolverOptions.class)
                    .obeyed("use_tcp_for_dns_lookups", "no_default_search_domain");

    static final SupportedFields RESOLUTION =
            SupportedFields.of(DnsResolutionConfig.class)
                    .nested("resolvers", () -> AddressParser.ADDRESS)
                    .nested("dns_resolver_options", () -> OPTIONS);

    private static final SupportedFields CARES =
            SupportedFields.of(CaresDnsResolverConfig.class)
                    .nested("resolvers", () -> AddressParser.ADDRESS)
                    .obeyed(
                            "use_resolvers_as_fallback",
                            "query_timeout_seconds",
                            "query_tries",
                            "rotate_nameservers")
                    .noEffect(
                            "filter_unroutable_families",
                            "a family that cannot be reached fails as any other connection")
                    .nested("dns_resolver_options", () -> OPTIONS)
                    .noEffect("udp_max_queries", "each query has a port of its own");

    private static final SupportedFields GETADDRINFO =
            SupportedFields.of(GetAddrInfoDnsResolverConfig.class);

    static final SupportedFields TYPED =
            SupportedFields.of(TypedExtensionConfig.class, "DNS resolver")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> CARES, () -> GETADDRINFO));

    private DnsResolverParser() {}

    /** The flat fields of a cluster. */
    static DnsResolverOptions of(Cluster proto, Findings findings) {
        if (proto.hasTypedDnsResolverConfig()) {
            return typed(proto.getTypedDnsResolverConfig(), "typed_dns_resolver_config", findings);
        }
        if (proto.hasDnsResolutionConfig()) {
            var config = proto.getDnsResolutionConfig();
            return options(
                    config.getResolversList(),
                    config.getDnsResolverOptions(),
                    "dns_resolution_config.resolvers",
                    findings);
        }
        return options(
                proto.getDnsResolversList(),
                flat(proto.getUseTcpForDnsLookups()),
                "dns_resolvers",
                findings);
    }

    /** Read only where neither of the newer ways says anything. */
    private static io.envoyproxy.envoy.config.core.v3.DnsResolverOptions flat(boolean useTcp) {
        return io.envoyproxy.envoy.config.core.v3.DnsResolverOptions.newBuilder()
                .setUseTcpForDnsLookups(useTcp)
                .build();
    }

    /** Those of a cache of names. */
    static DnsResolverOptions of(DnsCacheConfig proto, String path, Findings findings) {
        if (proto.hasTypedDnsResolverConfig()) {
            return typed(
                    proto.getTypedDnsResolverConfig(),
                    FieldPaths.join(path, "typed_dns_resolver_config"),
                    findings);
        }
        var config = proto.getDnsResolutionConfig();
        return options(
                config.getResolversList(),
                proto.hasDnsResolutionConfig()
                        ? config.getDnsResolverOptions()
                        : flat(proto.getUseTcpForDnsLookups()),
                FieldPaths.join(path, "dns_resolution_config.resolvers"),
                findings);
    }

    static DnsResolverOptions typed(TypedExtensionConfig proto, String path, Findings findings) {
        String at = path + ".typed_config";
        if (Values.is(proto.getTypedConfig(), GetAddrInfoDnsResolverConfig.class)) {
            return DnsResolverOptions.SYSTEM;
        }
        return Values.unpack(proto.getTypedConfig(), CaresDnsResolverConfig.class, at, findings)
                .map(cares -> cares(cares, at, findings))
                .orElse(DnsResolverOptions.DEFAULT);
    }

    private static DnsResolverOptions cares(
            CaresDnsResolverConfig cares, String at, Findings findings) {
        DnsResolverOptions plain =
                options(
                        cares.getResolversList(),
                        cares.getDnsResolverOptions(),
                        at + ".resolvers",
                        findings);
        return new DnsResolverOptions(
                plain.nameServers(),
                cares.getUseResolversAsFallback(),
                plain.noDefaultSearchDomain(),
                plain.overTcp(),
                cares.getRotateNameservers(),
                cares.hasQueryTimeoutSeconds()
                        ? Duration.ofSeconds(
                                Values.clamp(cares.getQueryTimeoutSeconds().getValue()))
                        : plain.queryTimeout(),
                cares.hasQueryTries()
                        ? Values.clamp(cares.getQueryTries().getValue())
                        : plain.tries(),
                false);
    }

    private static DnsResolverOptions options(
            List<Address> resolvers,
            io.envoyproxy.envoy.config.core.v3.DnsResolverOptions options,
            String path,
            Findings findings) {
        var servers = new ArrayList<InetSocketAddress>();
        for (int i = 0; i < resolvers.size(); i++) {
            AddressParser.parse(
                            resolvers.get(i), Names.REFUSED, FieldPaths.index(path, i), findings)
                    .ifPresent(servers::add);
        }
        return new DnsResolverOptions(
                servers,
                false,
                options.getNoDefaultSearchDomain(),
                options.getUseTcpForDnsLookups(),
                false,
                DnsResolverOptions.DEFAULT.queryTimeout(),
                DnsResolverOptions.DEFAULT.tries(),
                false);
    }
}
