// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * The admin socket.
 *
 * @param address resolved; port 0 picks one
 * @param ignoreGlobalConnectionLimit whether the limit of all connections does not hold for its own
 */
public record AdminConfig(
        InetSocketAddress address,
        List<AccessLogConfig> accessLogs,
        boolean ignoreGlobalConnectionLimit) {
    public AdminConfig {
        accessLogs = List.copyOf(accessLogs);
    }
}
