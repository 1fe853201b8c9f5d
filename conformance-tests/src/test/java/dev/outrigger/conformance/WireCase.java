// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.exchange.Scenario;
import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.stage.BatchStage.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Bytes for a proxy of its own configuration, with nothing said about what they are answered with.
 *
 * @param sends what the client writes, each once nothing more comes for the one before
 * @param answer of the upstream; 200 when there is none
 */
record WireCase(String id, Setup setup, List<String> sends, Optional<UpstreamAnswer> answer) {
    private static final Duration QUIET = Duration.ofMillis(150);

    WireCase {
        sends = List.copyOf(sends);
    }

    /**
     * What of the configuration is not as in the other cases, as fields in JSON, each with a comma
     * behind it.
     *
     * @param manager of the HTTP connection manager
     * @param virtualHosts as items
     * @param clusters names behind {@code ${self}_}, each with the upstream of that name
     */
    record Setup(String manager, String virtualHosts, List<String> clusters) {
        /** Everything goes to one upstream. */
        private static final String ALL =
                """
                {"name": "all", "domains": ["*"], "routes": [
                  {"name": "connect", "match": {"connect_matcher": {}}, "route": {"cluster": "${self}_b"}},
                  {"name": "all", "match": {"prefix": "/"}, "route": {"cluster": "${self}_b"}}]}
                """;

        Setup {
            clusters = List.copyOf(clusters);
        }

        static Setup of(String manager) {
            return new Setup(manager, ALL, List.of("b"));
        }
    }

    static WireCase of(String id, Setup setup, String... sends) {
        return new WireCase(id, setup, List.of(sends), Optional.empty());
    }

    WireCase answering(UpstreamAnswer other) {
        return new WireCase(id, setup, sends, Optional.of(other));
    }

    /** To be played as a part of the name. */
    Part part(String name) {
        var steps = new ArrayList<ClientStep>();
        for (var text : sends) {
            steps.add(new ClientStep.Send(text));
            steps.add(new ClientStep.AwaitQuiet(QUIET));
        }
        var clusters =
                setup.clusters().stream()
                        .map(each -> CLUSTER.replace("${name}", each).strip())
                        .toList();
        Map<String, List<UpstreamAnswer>> answers =
                answer.map(each -> Map.of("b", List.of(each))).orElse(Map.of());
        return new Part(
                name,
                LISTENER.replace("${manager}", setup.manager())
                        .replace("${virtualHosts}", setup.virtualHosts())
                        .strip(),
                clusters,
                List.of(new Scenario("it", steps, answers)));
    }

    private static final String LISTENER =
            """
            {"name": "${self}",
             "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
             "filter_chains": [{"filters": [{
               "name": "envoy.filters.network.http_connection_manager",
               "typed_config": {
                 "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                 "stat_prefix": "${self}",
                 "delayed_close_timeout": "0.05s",
                 "access_log": ${accessLog},
                 ${manager}
                 "route_config": {"name": "${self}", "virtual_hosts": [${virtualHosts}]},
                 "http_filters": [{
                   "name": "envoy.filters.http.router",
                   "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}
            """;

    private static final String CLUSTER =
            """
            {"name": "${self}_${name}", "type": "STATIC",
             "load_assignment": {"cluster_name": "${self}_${name}", "endpoints": [{"lb_endpoints": [
               {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": ${upstream.${name}}}}}}]}]}}
            """;
}
