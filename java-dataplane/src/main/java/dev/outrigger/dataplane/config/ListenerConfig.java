// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.SocketAddress;
import java.util.List;

/**
 * One listener ({@code envoy.config.listener.v3.Listener}).
 *
 * @param statPrefix {@code stat_prefix} or the address with {@code :} replaced by {@code _}
 * @param filterChains in order; exactly one without a match for now
 * @param tcpBacklogSize -1 for the system's maximum
 * @param inbound whether {@code traffic_direction} is INBOUND
 * @param contentHash of the proto; equal hashes mean nothing changed
 */
public record ListenerConfig(
        String name,
        SocketAddress address,
        String statPrefix,
        List<FilterChainConfig> filterChains,
        int perConnectionBufferLimitBytes,
        int tcpBacklogSize,
        boolean reusePort,
        boolean inbound,
        List<AccessLogConfig> accessLogs,
        long contentHash) {
    public ListenerConfig {
        filterChains = List.copyOf(filterChains);
        accessLogs = List.copyOf(accessLogs);
    }
}
