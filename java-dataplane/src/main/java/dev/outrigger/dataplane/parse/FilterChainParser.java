// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.DownstreamTlsConfig;
import dev.outrigger.dataplane.config.FilterChainConfig;
import dev.outrigger.dataplane.config.FilterChainMatchConfig;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The filter chains of a listener. */
final class FilterChainParser {
    static final SupportedFields FILTER_CHAIN =
            SupportedFields.of(FilterChain.class)
                    .nested("filter_chain_match", () -> FilterChainMatchParser.MATCH)
                    .nested("filters", () -> NetworkFilterParser.FILTER)
                    .obeyed("name", "use_proxy_proto")
                    .nested("transport_socket", () -> TlsFields.DOWNSTREAM_SOCKET)
                    .obeyed("transport_socket_connect_timeout")
                    .noEffect("metadata", "nothing that reads it is supported");

    private final Listener listener;
    private final Findings findings;
    private final FilterChainMatchParser matches;

    /**
     * @param label the listener's addresses, as Envoy's texts name it
     */
    FilterChainParser(Listener listener, String label, Findings findings) {
        this.listener = listener;
        this.findings = findings;
        this.matches = new FilterChainMatchParser(label, findings);
        if (listener.getFilterChainsCount() == 0 && !listener.hasDefaultFilterChain()) {
            findings.invalid(
                    "filter_chains",
                    "",
                    "error adding listener '" + label + "': no filter chains specified");
        }
    }

    /** Those that were in order. */
    List<FilterChainConfig> filterChains() {
        var chains = new ArrayList<FilterChainConfig>();
        for (int i = 0; i < listener.getFilterChainsCount(); i++) {
            FilterChain proto = listener.getFilterChains(i);
            String path = FieldPaths.index("filter_chains", i);
            matches.parse(proto, path)
                    .flatMap(match -> chain(proto, match, path))
                    .ifPresent(chains::add);
        }
        return chains;
    }

    /** Takes what no other chain does, whatever its match says. */
    Optional<FilterChainConfig> defaultFilterChain() {
        return listener.hasDefaultFilterChain()
                ? chain(
                        listener.getDefaultFilterChain(),
                        FilterChainMatchConfig.ANY,
                        "default_filter_chain")
                : Optional.empty();
    }

    private Optional<FilterChainConfig> chain(
            FilterChain proto, FilterChainMatchConfig match, String path) {
        Optional<NetworkFilterParser.Filters> filters =
                NetworkFilterParser.parse(
                        proto.getFiltersList(), FieldPaths.join(path, "filters"), findings);
        Optional<DownstreamTlsConfig> tls =
                TlsContextParser.downstream(
                        proto.getTransportSocket(),
                        FieldPaths.join(path, "transport_socket"),
                        findings);
        return filters.map(each ->
                new FilterChainConfig(
                        proto.getName(),
                        match,
                        each.limits(),
                        each.last(),
                        tls,
                        Values.duration(
                                proto.getTransportSocketConnectTimeout(),
                                FieldPaths.join(path, "transport_socket_connect_timeout"),
                                findings),
                        Values.contentHash(proto)));
    }
}
