// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The interoperability cases that gRPC's implementations have in common, with the clients and
 * servers of grpc-go and grpc-java on either side of both proxies. Whatever passes without a proxy
 * passes through either. Played with {@code -Dgrpc.interop}; the programs are built at the first
 * run, and where that cannot be done, the test says so and is skipped.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcInteropIT {
    /** Cases of both clients and both servers. */
    private static final List<String> CASES =
            List.of(
                    "empty_unary",
                    "large_unary",
                    "client_streaming",
                    "server_streaming",
                    "ping_pong",
                    "empty_stream",
                    "timeout_on_sleeping_server",
                    "cancel_after_begin",
                    "cancel_after_first_response",
                    "status_code_and_message",
                    "special_status_message",
                    "custom_metadata",
                    "unimplemented_method",
                    "unimplemented_service",
                    "orca_per_rpc",
                    "orca_oob",
                    "rpc_soak",
                    "channel_soak");

    /** What only the Java client has. */
    private static final List<String> JAVA_CASES =
            List.of("server_compressed_unary", "server_compressed_streaming", "pick_first_unary");

    /** A server that does not take so much fails this without a proxy. */
    private static final String VERY_LARGE = "very_large_request";

    private final Map<String, List<String>> results = new TreeMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    void play(@TempDir Path folder) throws Exception {
        assumeTrue(
                System.getProperty("grpc.interop") != null,
                "-Dgrpc.interop plays them, in about two minutes");
        var programs = InteropPrograms.require();
        var servers = new LinkedHashMap<String, Integer>();
        servers.put("go", keep(programs.goServer()).port());
        servers.put("java", keep(programs.javaServer()).port());
        var proxies = new LinkedHashMap<String, RunningProxy>();
        proxies.put("Envoy", start(Subjects.oracle(), servers, folder.resolve("oracle")));
        proxies.put("ours", start(Subjects.subject(), servers, folder.resolve("subject")));
        for (var server : servers.keySet()) {
            for (var proxy : proxies.entrySet()) {
                int port = Objects.requireNonNull(proxy.getValue().listenerPorts().get(server));
                note("go-" + server, proxy.getKey(), programs.goClient(port, CASES));
                note("java-" + server, proxy.getKey(), programs.javaClient(port, cases(server)));
            }
        }
    }

    private static List<String> cases(String server) {
        var cases = new ArrayList<>(CASES);
        cases.addAll(JAVA_CASES);
        if (server.equals("java")) {
            cases.add(VERY_LARGE);
        }
        return cases;
    }

    private void note(String pair, String proxy, Map<String, String> outcomes) {
        outcomes.forEach((name, outcome) ->
                results.computeIfAbsent(pair + " " + name, _ -> new ArrayList<>())
                        .add(proxy + ": " + outcome));
    }

    private RunningProxy start(ProxyUnderTest proxy, Map<String, Integer> servers, Path folder)
            throws IOException {
        var bootstrap = Files.createDirectories(folder).resolve("bootstrap.yaml");
        Files.writeString(bootstrap, config(servers));
        return keep(proxy.start(bootstrap, folder));
    }

    private <T extends AutoCloseable> T keep(T started) {
        open.add(started);
        return started;
    }

    @AfterAll
    void stop() throws Exception {
        for (var each : open.reversed()) {
            each.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> passesThroughBoth() {
        assertThat(results).hasSize(4 * CASES.size() + 2 * JAVA_CASES.size() + 1);
        return results.entrySet().stream()
                .map(each ->
                        dynamicTest(
                                each.getKey(),
                                () ->
                                        assertThat(each.getValue())
                                                .containsExactly("Envoy: ok", "ours: ok")));
    }

    private static String config(Map<String, Integer> servers) {
        var listeners = new StringBuilder();
        var clusters = new StringBuilder();
        servers.forEach((name, port) -> {
            listeners.append(
                    """
                      - name: NAME
                        address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                        filter_chains:
                        - filters:
                          - name: hcm
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                              stat_prefix: NAME
                              codec_type: HTTP2
                              route_config:
                                virtual_hosts:
                                - {name: v, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: NAME, timeout: 0s}}]}
                              http_filters:
                              - name: router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                    """
                            .replace("NAME", name));
            clusters.append(
                    """
                      - {name: NAME, type: STATIC, http2_protocol_options: {}, load_assignment: {cluster_name: NAME, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: PORT}}}}]}]}}
                    """
                            .replace("NAME", name)
                            .replace("PORT", Integer.toString(port)));
        });
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
        %s
          clusters:
        %s
        """
                .formatted(listeners, clusters);
    }
}
