// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One filter chain.
 *
 * @param match which connections it takes; says nothing about a default filter chain
 * @param limits bounds on its connections, asked in this order
 * @param filter the network filter that ends the chain
 * @param tls absent: cleartext
 * @param transportSocketConnectTimeout of the handshake; zero for none
 * @param contentHash of the proto; chains with equal hashes are one chain to connections that are
 *     open while their listener changes
 */
public record FilterChainConfig(
        String name,
        FilterChainMatchConfig match,
        List<ConnectionLimitConfig> limits,
        NetworkFilterConfig filter,
        Optional<DownstreamTlsConfig> tls,
        Duration transportSocketConnectTimeout,
        long contentHash) {
    public FilterChainConfig {
        limits = List.copyOf(limits);
    }

    /** A cleartext one. */
    public FilterChainConfig(
            String name,
            FilterChainMatchConfig match,
            NetworkFilterConfig filter,
            long contentHash) {
        this(name, match, List.of(), filter, Optional.empty(), Duration.ZERO, contentHash);
    }

    /** One that takes every connection, and is always the same chain. */
    public static FilterChainConfig of(String name, HttpConnectionManagerConfig manager) {
        return new FilterChainConfig(
                name, FilterChainMatchConfig.ANY, new NetworkFilterConfig.Http(manager), 0);
    }

    /** The HTTP connection manager, if that is the filter. */
    public Optional<HttpConnectionManagerConfig> httpConnectionManager() {
        return filter instanceof NetworkFilterConfig.Http(HttpConnectionManagerConfig config)
                ? Optional.of(config)
                : Optional.empty();
    }
}
