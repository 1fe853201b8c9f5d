// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteActionConfig.MirrorPolicyConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code envoy.config.route.v3.RouteConfiguration}.
 *
 * @param vhds where more virtual hosts come from
 */
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
        Optional<ConfigSourceConfig> vhds,
        long contentHash) {
    public RouteTable {
        virtualHosts = List.copyOf(virtualHosts);
        internalOnlyHeaders = List.copyOf(internalOnlyHeaders);
        mirrors = List.copyOf(mirrors);
        perFilterConfigs = Map.copyOf(perFilterConfigs);
    }

    /** Without VHDS. */
    public RouteTable(
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
        this(
                name,
                virtualHosts,
                requestHeaders,
                responseHeaders,
                internalOnlyHeaders,
                mirrors,
                ignorePortInHostMatching,
                ignorePathParametersInPathMatching,
                mostSpecificHeaderMutationsWins,
                perFilterConfigs,
                Optional.empty(),
                contentHash);
    }

    /** The same with virtual hosts that came over VHDS behind its own. */
    public RouteTable withMore(List<VirtualHostConfig> hosts) {
        var all = new ArrayList<>(virtualHosts);
        all.addAll(hosts);
        return new RouteTable(
                name,
                all,
                requestHeaders,
                responseHeaders,
                internalOnlyHeaders,
                mirrors,
                ignorePortInHostMatching,
                ignorePathParametersInPathMatching,
                mostSpecificHeaderMutationsWins,
                perFilterConfigs,
                vhds,
                contentHash);
    }
}
