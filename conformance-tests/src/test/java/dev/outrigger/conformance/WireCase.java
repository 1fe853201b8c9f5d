// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.exchange.Exchange;
import dev.outrigger.conformance.exchange.Expectation;
import dev.outrigger.conformance.exchange.Scenario;
import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.stage.BatchStage.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Bytes for a proxy of its own configuration.
 *
 * @param upstreams the answers of each upstream; 200 where there are none
 * @param expectation what both proxies must show; nothing where Envoy's answer alone counts
 */
record WireCase(
        String id,
        Setup setup,
        List<ClientStep> steps,
        Map<String, List<UpstreamAnswer>> upstreams,
        Optional<Expectation> expectation) {
    private static final Duration QUIET = Duration.ofMillis(150);
    private static final String SCENARIO = "it";

    WireCase {
        steps = List.copyOf(steps);
        upstreams = Map.copyOf(upstreams);
    }

    /**
     * What of the configuration is not as in the other cases, as fields in JSON, each with a comma
     * behind it.
     *
     * @param manager of the HTTP connection manager
     * @param routes of the route configuration
     * @param virtualHosts as items
     * @param clusters names behind {@code ${self}_}, each with the upstream of that name
     */
    record Setup(String manager, String routes, String virtualHosts, List<String> clusters) {
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
            return new Setup(manager, "", ALL, List.of("b"));
        }
    }

    /** Sends the texts, each once nothing more comes for the one before. */
    static WireCase of(String id, Setup setup, String... sends) {
        var steps = new ArrayList<ClientStep>();
        for (var text : sends) {
            steps.add(new ClientStep.Send(text));
            steps.add(new ClientStep.AwaitQuiet(QUIET));
        }
        return new WireCase(id, setup, steps, Map.of(), Optional.empty());
    }

    static WireCase of(Exchange exchange, Setup setup) {
        return new WireCase(
                exchange.id(),
                setup,
                exchange.steps(),
                exchange.upstreams(),
                Optional.of(exchange.expectation()));
    }

    WireCase answering(UpstreamAnswer answer) {
        return new WireCase(id, setup, steps, Map.of("b", List.of(answer)), expectation);
    }

    /** To be played as a part of the name. */
    Part part(String name) {
        return new Part(
                name,
                true,
                LISTENER.replace("${manager}", setup.manager())
                        .replace("${routes}", setup.routes())
                        .replace("${virtualHosts}", setup.virtualHosts())
                        .strip(),
                setup.clusters().stream()
                        .map(each -> CLUSTER.replace("${name}", each).strip())
                        .toList(),
                List.of(new Scenario(SCENARIO, steps, upstreams)));
    }

    /** Fields of such a part, by the names that a case gives them. */
    static SortedMap<String, String> fields(SortedMap<String, String> ofPart) {
        var prefix = SCENARIO + ".";
        // The part's own are its logs and statistics; the rest is said of the scenario as well.
        var fields = new TreeMap<>(ofPart);
        ofPart.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                fields.remove(name);
                fields.put(name.substring(prefix.length()), value);
            }
        });
        return fields;
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
                 "route_config": {"name": "${self}", ${routes} "virtual_hosts": [${virtualHosts}]},
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
