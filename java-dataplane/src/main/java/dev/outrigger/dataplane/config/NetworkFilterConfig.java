// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/** What the last network filter of a chain does with its connections. */
public sealed interface NetworkFilterConfig {
    /** {@code envoy.filters.network.http_connection_manager}. */
    record Http(HttpConnectionManagerConfig config) implements NetworkFilterConfig {}

    /** {@code envoy.filters.network.tcp_proxy}. */
    record Tcp(TcpProxyConfig config) implements NetworkFilterConfig {}

    /**
     * {@code envoy.filters.network.direct_response}.
     *
     * @param response Latin-1: a character is a byte; may be empty
     */
    record DirectResponse(String response) implements NetworkFilterConfig {}

    /** {@code envoy.filters.network.echo}. */
    record Echo() implements NetworkFilterConfig {}

    /** A chain without filters: its connections are closed. */
    record None() implements NetworkFilterConfig {}
}
