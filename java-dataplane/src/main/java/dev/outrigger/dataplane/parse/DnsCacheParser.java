// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ClusterConfig.DnsBackoff;
import dev.outrigger.dataplane.config.DnsCacheConfig;
import dev.outrigger.dataplane.dnscache.DnsHost;
import io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheCircuitBreakers;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig}, as the filter and the
 * cluster of the dynamic forward proxy have it.
 */
final class DnsCacheParser {
    private static final Duration DEFAULT_REFRESH_RATE = Duration.ofMinutes(1);
    private static final Duration DEFAULT_MIN_REFRESH_RATE = Duration.ofSeconds(5);
    private static final Duration DEFAULT_HOST_TTL = Duration.ofMinutes(5);
    private static final Duration DEFAULT_QUERY_TIMEOUT = Duration.ofSeconds(5);
    private static final long DEFAULT_MAX_HOSTS = 1024;
    private static final long DEFAULT_MAX_PENDING_REQUESTS = 1024;

    private static final SupportedFields BREAKERS =
            SupportedFields.of(DnsCacheCircuitBreakers.class).obeyed("max_pending_requests");

    static final SupportedFields TABLE =
            SupportedFields.of(
                            io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3
                                    .DnsCacheConfig.class)
                    .obeyed("name", "dns_lookup_family", "dns_refresh_rate")
                    .obeyed("dns_min_refresh_rate", "host_ttl", "max_hosts")
                    .obeyed("disable_dns_refresh_on_failure", "dns_query_timeout")
                    .nested("dns_failure_refresh_rate", () -> DiscoveryParser.REFRESH_RATE)
                    .nested("dns_cache_circuit_breaker", () -> BREAKERS)
                    .obeyed("use_tcp_for_dns_lookups")
                    .nested("dns_resolution_config", () -> DnsResolverParser.RESOLUTION)
                    .nested("typed_dns_resolver_config", () -> DnsResolverParser.TYPED)
                    .nested("preresolve_hostnames", () -> AddressParser.SOCKET_ADDRESS);

    private final io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig
            proto;
    private final String path;
    private final Findings findings;

    private DnsCacheParser(
            io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig proto,
            String path,
            Findings findings) {
        this.proto = proto;
        this.path = path;
        this.findings = findings;
    }

    static DnsCacheConfig parse(
            io.envoyproxy.envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig proto,
            String path,
            Findings findings) {
        return new DnsCacheParser(proto, path, findings).parse();
    }

    private DnsCacheConfig parse() {
        long maxHosts =
                proto.hasMaxHosts() ? Values.unsigned(proto.getMaxHosts()) : DEFAULT_MAX_HOSTS;
        int preresolved = proto.getPreresolveHostnamesCount();
        if (preresolved > maxHosts) {
            findings.invalid(
                    FieldPaths.join(path, "preresolve_hostnames"),
                    preresolved,
                    "DNS Cache ["
                            + proto.getName()
                            + "] configured with preresolve_hostnames="
                            + preresolved
                            + " larger than max_hosts="
                            + maxHosts);
        }
        var breakers = proto.getDnsCacheCircuitBreaker();
        return new DnsCacheConfig(
                proto.getName(),
                DiscoveryParser.lookupFamily(proto.getDnsLookupFamily()),
                DnsResolverParser.of(proto, path, findings),
                duration(
                        proto.hasDnsRefreshRate(),
                        proto.getDnsRefreshRate(),
                        DEFAULT_REFRESH_RATE,
                        "dns_refresh_rate"),
                duration(
                        proto.hasDnsMinRefreshRate(),
                        proto.getDnsMinRefreshRate(),
                        DEFAULT_MIN_REFRESH_RATE,
                        "dns_min_refresh_rate"),
                failureRefreshRate(),
                !proto.getDisableDnsRefreshOnFailure(),
                duration(proto.hasHostTtl(), proto.getHostTtl(), DEFAULT_HOST_TTL, "host_ttl"),
                maxHosts,
                duration(
                        proto.hasDnsQueryTimeout(),
                        proto.getDnsQueryTimeout(),
                        DEFAULT_QUERY_TIMEOUT,
                        "dns_query_timeout"),
                breakers.hasMaxPendingRequests()
                        ? Values.unsigned(breakers.getMaxPendingRequests())
                        : DEFAULT_MAX_PENDING_REQUESTS,
                proto.getPreresolveHostnamesList().stream()
                        .map(host -> DnsHost.key(host.getAddress(), host.getPortValue()))
                        .toList());
    }

    private Duration duration(
            boolean isSet, com.google.protobuf.Duration value, Duration byDefault, String field) {
        return isSet ? Values.duration(value, FieldPaths.join(path, field), findings) : byDefault;
    }

    private Optional<DnsBackoff> failureRefreshRate() {
        if (!proto.hasDnsFailureRefreshRate()) {
            return Optional.empty();
        }
        var rate = proto.getDnsFailureRefreshRate();
        return Optional.of(
                DiscoveryParser.backoff(
                        rate.getBaseInterval(),
                        rate.hasMaxInterval(),
                        rate.getMaxInterval(),
                        "dns_failure_refresh_rate",
                        findings));
    }
}
