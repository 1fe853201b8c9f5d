// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.SocketAddress;
import java.util.List;

/**
 * One listener ({@code envoy.config.listener.v3.Listener}).
 *
 * @param statPrefix {@code stat_prefix} or the address with {@code :} replaced by {@code _}
 * @param filterChains in order; exactly one without a match for now
 * @param drainsOnHealthCheckFail whether {@code drain_type} is DEFAULT: connections end while
 *     health checks of this proxy are made to fail
 * @param inbound whether {@code traffic_direction} is INBOUND
 * @param accessLogs written when a connection ends
 * @param contentHash of the proto; equal hashes mean nothing changed
 */
public record ListenerConfig(
        String name,
        ListenSocketsConfig sockets,
        String statPrefix,
        List<FilterChainConfig> filterChains,
        int perConnectionBufferLimitBytes,
        boolean drainsOnHealthCheckFail,
        boolean inbound,
        List<AccessLogConfig> accessLogs,
        long contentHash) {
    public ListenerConfig {
        filterChains = List.copyOf(filterChains);
        accessLogs = List.copyOf(accessLogs);
    }

    /** What SDS is asked for before this can serve. */
    public List<ResourceReference> secrets() {
        return List.of();
    }

    /** The first of its addresses. */
    public SocketAddress address() {
        return sockets.addresses().getFirst().address();
    }

    /** The same under another name. */
    public ListenerConfig withName(String other) {
        return new ListenerConfig(
                other,
                sockets,
                statPrefix,
                filterChains,
                perConnectionBufferLimitBytes,
                drainsOnHealthCheckFail,
                inbound,
                accessLogs,
                contentHash);
    }
}
