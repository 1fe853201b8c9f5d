// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;

/**
 * What a connection manager says of one type of upgrade (W1).
 *
 * @param filters that take the place of the connection manager's own; empty for those
 */
public record UpgradeConfig(boolean enabled, List<HttpFilterEntry> filters) {
    public UpgradeConfig {
        filters = List.copyOf(filters);
    }
}
