// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteActionConfig.MirrorPolicyConfig;
import java.util.List;
import java.util.Map;

/** {@code envoy.config.route.v3.RouteConfiguration}. */
public record RouteTable(
        String name,
        List<VirtualHostConfig> virtualHosts,
        HeaderEdits requestHeaders,
        HeaderEdits responseHeaders,
        List<String> internalOnlyHeaders,
        List<MirrorPolicyConfig> mirrors,
        boolean ignorePortInHostMatching,
        boolean ignorePathParametersInPathMatching,
        boolean mostSpecificHeaderMutationsWins,
        Map<String, PerFilterConfig> perFilterConfigs,
        long contentHash) {
    public RouteTable {
        virtualHosts = List.copyOf(virtualHosts);
        internalOnlyHeaders = List.copyOf(internalOnlyHeaders);
        mirrors = List.copyOf(mirrors);
        perFilterConfigs = Map.copyOf(perFilterConfigs);
    }
}
