// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One listener ({@code envoy.config.listener.v3.Listener}).
 *
 * @param statPrefix {@code stat_prefix} or the address with {@code :} replaced by {@code _}
 * @param filterChains in order
 * @param defaultFilterChain takes what no other chain does
 * @param useOriginalDst whether a connection goes to the listener at the address it was meant for
 * @param drainsOnHealthCheckFail whether {@code drain_type} is DEFAULT: connections end while
 *     health checks of this proxy are made to fail
 * @param ignoreGlobalConnectionLimit whether the limit of all connections does not hold for its own
 * @param inbound whether {@code traffic_direction} is INBOUND
 * @param accessLogs written when a connection ends
 * @param contentHash of the proto; equal hashes mean nothing changed
 * @param ownHash of the proto without its filter chains; where only they differ, connections of
 *     chains that stay live on (WA3)
 */
public record ListenerConfig(
        String name,
        ListenSocketsConfig sockets,
        String statPrefix,
        List<FilterChainConfig> filterChains,
        Optional<FilterChainConfig> defaultFilterChain,
        ListenerFiltersConfig listenerFilters,
        boolean useOriginalDst,
        int perConnectionBufferLimitBytes,
        boolean drainsOnHealthCheckFail,
        boolean ignoreGlobalConnectionLimit,
        boolean inbound,
        List<AccessLogConfig> accessLogs,
        long contentHash,
        long ownHash) {
    public ListenerConfig {
        filterChains = List.copyOf(filterChains);
        accessLogs = List.copyOf(accessLogs);
    }

    /** What SDS is asked for before this can serve. */
    public List<ResourceReference> secrets() {
        return allFilterChains()
                .flatMap(chain -> Stream.concat(ofTls(chain), ofFilters(chain)))
                .distinct()
                .toList();
    }

    private static Stream<ResourceReference> ofTls(FilterChainConfig chain) {
        return chain.tls().stream().flatMap(tls -> tls.secrets().stream());
    }

    private static Stream<ResourceReference> ofFilters(FilterChainConfig chain) {
        return httpFilters(chain).flatMap(filter -> filter.config().secrets().stream());
    }

    private static Stream<HttpFilterEntry> httpFilters(FilterChainConfig chain) {
        return chain.httpConnectionManager().stream()
                .flatMap(manager ->
                        Stream.concat(
                                manager.httpFilters().stream(),
                                manager.upgrades().values().stream()
                                        .flatMap(upgrade -> upgrade.filters().stream())));
    }

    /** The caches of names its filters ask. */
    public Stream<DnsCacheConfig> dnsCaches() {
        return allFilterChains()
                .flatMap(ListenerConfig::httpFilters)
                .flatMap(filter -> filter.config().dnsCache().stream());
    }

    /** The first of its addresses. */
    public SocketAddress address() {
        return sockets.addresses().getFirst().address();
    }

    /** The filter chains in order, the default one last. */
    public Stream<FilterChainConfig> allFilterChains() {
        return Stream.concat(filterChains.stream(), defaultFilterChain.stream());
    }

    /** Of all filter chains that have one. */
    public Stream<HttpConnectionManagerConfig> httpConnectionManagers() {
        return allFilterChains().flatMap(chain -> chain.httpConnectionManager().stream());
    }

    /** Whether this may take the place of the other without touching more than filter chains. */
    public boolean isInPlaceUpdateOf(ListenerConfig other) {
        return ownHash == other.ownHash && !filterChains.isEmpty();
    }

    /** The same under another name. */
    public ListenerConfig withName(String other) {
        return new ListenerConfig(
                other,
                sockets,
                statPrefix,
                filterChains,
                defaultFilterChain,
                listenerFilters,
                useOriginalDst,
                perConnectionBufferLimitBytes,
                drainsOnHealthCheckFail,
                ignoreGlobalConnectionLimit,
                inbound,
                accessLogs,
                contentHash,
                ownHash);
    }
}
