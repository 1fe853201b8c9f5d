// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.outrigger.conformance.control.RunningControlPlane;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both proxies on one control plane: what it says about them, what they keep when it sends them
 * something they refuse, and that it can come and go. In order, as starting all of it takes long.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SharedControlPlaneIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String CDS = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    private static final String LDS = "type.googleapis.com/envoy.config.listener.v3.Listener";

    /** Nothing of these may move while nothing changes. */
    private static final Pattern UPDATES =
            Pattern.compile(
                    "(?m)^((?:cluster_manager\\.cds|listener_manager\\.lds"
                            + "|http\\.outbound_main\\.rds\\.outbound/main|cluster\\.default/b/80)"
                            + "\\.(?:update_success|update_rejected|config_reload)): (\\d+)$");

    private final Map<String, RunningProxy> proxies = new LinkedHashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private RunningControlPlane control;
    private HttpServer application;
    private ServerSocket taken;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        var oracle = Subjects.oracle();
        application =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        application.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        application.start();
        opened.add(() -> application.stop(0));
        taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        opened.add(taken);
        control = RunningControlPlane.start(folder.resolve("policies.db"));
        opened.addFirst(control);
        control.apply(
                service("b")
                        + sidecar("envoy", FreePort.next())
                        + sidecar("java", FreePort.next()));
        for (var proxy : List.of(oracle, Subjects.subject())) {
            var id = "a-" + proxies.size();
            proxies.put(id, start(proxy, id, Files.createDirectory(folder.resolve(id))));
        }
        control.requireSync(1);
    }

    @AfterAll
    void end() throws Exception {
        for (var proxy : proxies.values()) {
            proxy.close();
        }
        for (var each : opened) {
            each.close();
        }
    }

    @Test
    @Order(1)
    void bothAreShownInSyncAndServe() throws IOException {
        for (var id : proxies.keySet()) {
            var shown = control.proxy(id);
            assertThat(shown.path("connected").asBoolean()).as("%s", shown).isTrue();
            assertThat(shown.path("types").path(CDS).path("state").asText()).isEqualTo("SYNCED");
            assertThat(shown.path("types").path(LDS).path("state").asText()).isEqualTo("SYNCED");
            assertThat(status(id)).isEqualTo(200);
        }
    }

    @Test
    @Order(2)
    void aRefusedClusterIsShownAndTheLastGoodStays() throws IOException {
        refuses(
                CDS,
                "bad-cluster",
                """
                  - "@type": %s
                    name: bad-cluster
                    type: STATIC
                    connect_timeout: 1s
                    load_balancing_policy:
                      policies:
                      - typed_extension_config:
                          name: nobody.has.this
                          typed_config: {"@type": type.googleapis.com/google.protobuf.Struct, value: {}}
                """
                        .formatted(CDS));
    }

    @Test
    @Order(3)
    void aListenerOnATakenPortIsShownAndTheLastGoodStays() throws IOException {
        refuses(
                LDS,
                "bad-listener",
                """
                  - "@type": %s
                    name: bad-listener
                    address: {socket_address: {address: 127.0.0.1, port_value: %d}}
                    filter_chains:
                    - filters:
                      - name: envoy.filters.network.http_connection_manager
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: bad
                          route_config: {name: none, virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}]}
                          http_filters:
                          - name: envoy.filters.http.router
                            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                """
                        .formatted(LDS, taken.getLocalPort()));
    }

    @Test
    @Order(4)
    void aControlPlaneThatComesBackSendsNothingAgain() throws IOException {
        var before = new TreeMap<String, Map<String, String>>();
        for (var id : proxies.keySet()) {
            before.put(id, updates(id));
        }
        control.stop();
        for (var id : proxies.keySet()) {
            assertThat(becomes(id, "control_plane.connected_state", "0"))
                    .as("%s left", id)
                    .isTrue();
            assertThat(status(id)).as("%s alone", id).isEqualTo(200);
        }

        control.startAgain();

        for (var id : proxies.keySet()) {
            assertThat(becomes(id, "control_plane.connected_state", "1"))
                    .as("%s back", id)
                    .isTrue();
            assertThat(inSync(id)).as("%s shown in sync", id).isTrue();
            assertThat(status(id)).isEqualTo(200);
        }
        // Whatever it would send again would have come before a change that is sent now.
        control.requireSync(control.apply(service("later")));
        for (var id : proxies.keySet()) {
            var after = new TreeMap<>(updates(id));
            after.replaceAll((name, value) ->
                    // The new service is one update of clusters and one of routes.
                    name.startsWith("cluster_manager") || name.startsWith("http.")
                            ? Long.toString(
                                    Long.parseLong(value) - (name.endsWith("rejected") ? 0 : 1))
                            : value);
            assertThat(after).as(id).isEqualTo(before.get(id));
        }
        assertThat(control.metrics()).containsPattern("outrigger_xds_streams 2");
    }

    /** Adds the resource, sees both refuse it once and go on, and takes it away again. */
    private void refuses(String type, String name, String resource) throws IOException {
        var before = new TreeMap<String, String>();
        var counter =
                type.equals(CDS)
                        ? "cluster_manager.cds.update_rejected"
                        : "listener_manager.lds.update_rejected";
        for (var id : proxies.keySet()) {
            before.put(id, stat(id, counter));
        }
        var report =
                control.awaitSync(
                        control.apply(
                                """
                                apiVersion: outrigger.dev/v1alpha1
                                kind: XdsResources
                                metadata: {name: bad}
                                spec:
                                  selector: {cluster: a}
                                  resources:
                                """
                                        + resource.indent(0)));
        assertThat(report.path("synced").asBoolean()).as("%s", report).isFalse();
        for (var id : proxies.keySet()) {
            // What is waited for is known when the first of them has refused it.
            assertThat(isRefused(id, type)).as("%s refuses it", id).isTrue();
            var shown = control.proxy(id).path("types").path(type);
            assertThat(texts(shown.path("rejection").path("resources"))).containsExactly(name);
            assertThat(shown.path("rejection").path("error").asText()).contains(name);
            assertThat(shown.path("rejection").path("policies").toString())
                    .contains("XdsResources")
                    .contains("bad");
            assertThat(status(id)).as("%s keeps the last good", id).isEqualTo(200);
        }
        // Another change of the same type follows: the refused resource does not come with it.
        control.awaitSync(control.apply(service("beside")));
        for (var id : proxies.keySet()) {
            assertThat(status(id)).isEqualTo(200);
            assertThat(Long.parseLong(stat(id, counter)))
                    .as("%s refused once", id)
                    .isEqualTo(Long.parseLong(before.getOrDefault(id, "0")) + 1);
        }
        control.remove("xdsresources/bad");
        control.requireSync(control.remove("services/beside"));
    }

    private RunningProxy start(ProxyUnderTest proxy, String id, Path folder) throws IOException {
        var bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, control.bootstrap(proxy.flavor(), id));
        return proxy.start(bootstrap, folder);
    }

    private String service(String name) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s}
        spec:
          hostnames: ["%s.local"]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        ---
        """
                .formatted(name, name, application.getAddress().getPort());
    }

    /** One for each proxy, as two processes of one machine cannot have the same port. */
    private static String sidecar(String flavor, int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: %s}
        spec:
          selector: {cluster: a, labels: {flavor: %s}}
          outbound: {listeners: [{name: main, address: 127.0.0.1, port: %d, protocol: HTTP}]}
        ---
        """
                .formatted(flavor, flavor, port);
    }

    /** The status of a GET for b.local. */
    private int status(String id) throws IOException {
        var port = proxy(id).listenerPorts().getOrDefault("outbound/main", 0);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write(
                            "GET / HTTP/1.1\r\nhost: b.local\r\nconnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            var answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return Integer.parseInt(answer.split(" ", 3)[1]);
        }
    }

    private RunningProxy proxy(String id) {
        return Optional.ofNullable(proxies.get(id)).orElseThrow();
    }

    private boolean becomes(String id, String stat, String value) {
        return Eventually.holds(
                PATIENCE,
                () -> {
                    try {
                        return stat(id, stat).equals(value);
                    } catch (IOException _) {
                        return false;
                    }
                });
    }

    private boolean isRefused(String id, String type) {
        return Eventually.holds(
                PATIENCE,
                () -> {
                    try {
                        var shown = control.proxy(id).path("types").path(type);
                        return shown.path("state").asText().equals("REJECTED");
                    } catch (IOException _) {
                        return false;
                    }
                });
    }

    private boolean inSync(String id) {
        return Eventually.holds(
                PATIENCE,
                () -> {
                    try {
                        var types = control.proxy(id).path("types");
                        return !types.isEmpty()
                                && types.valueStream()
                                        .allMatch(type ->
                                                type.path("state").asText().equals("SYNCED"));
                    } catch (IOException _) {
                        return false;
                    }
                });
    }

    private String stat(String id, String name) throws IOException {
        var text = proxy(id).admin("GET", "/stats").body();
        var matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + ": (\\d+)$").matcher(text);
        return matcher.find() ? matcher.group(1) : "0";
    }

    private Map<String, String> updates(String id) throws IOException {
        var found = new TreeMap<String, String>();
        UPDATES.matcher(proxy(id).admin("GET", "/stats").body())
                .results()
                .forEach(match -> found.put(match.group(1), match.group(2)));
        return found;
    }

    private static List<String> texts(JsonNode list) {
        var texts = new ArrayList<String>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}
