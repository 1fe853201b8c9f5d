// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import static dev.outrigger.dataplane.state.XdsHarness.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.ads.FakeAdsServer;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.AdminConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig.Variant;
import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.state.Protos;
import dev.outrigger.dataplane.state.XdsHarness;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin paths over a socket. Expected texts are Envoy 1.40.0's for the same configuration. */
@Timeout(60)
class AdminServerIT {
    private final AtomicInteger shutDowns = new AtomicInteger();
    private final HttpClient http = HttpClient.newHttpClient();
    private FakeAdsServer server;
    private XdsHarness proxy;
    private AdminServer admin;
    private URI base;

    @BeforeEach
    void open() throws Exception {
        server = new FakeAdsServer(0);
        proxy = new XdsHarness(Variant.SOTW, server.port(), Duration.ofSeconds(15));
        admin = newAdmin();
        var address =
                admin.start(config(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        assertThat(admin.boundAddress()).isEqualTo(address);
        base = URI.create("http://127.0.0.1:" + address.getPort());
        proxy.start();
    }

    private static AdminConfig config(InetSocketAddress address) {
        return new AdminConfig(address, List.of(), false);
    }

    private AdminServer newAdmin() {
        var bootstrap =
                Bootstrap.newBuilder()
                        .setNode(Node.newBuilder().setId("n").setCluster("c"))
                        .build();
        return new AdminServer(
                proxy.loop(),
                proxy.assembler(),
                proxy.requestPath(),
                proxy.stats(),
                RuntimeLayers.none(),
                new ProcessInfo(
                        "0/0.1.0/Clean/RELEASE/JDK",
                        bootstrap.toByteArray(),
                        Map.of("concurrency", 2, "log_level", "warning")),
                new ProcessActions() {
                    @Override
                    public void shutDown() {
                        shutDowns.incrementAndGet();
                    }

                    @Override
                    public void reopenLogs() {}
                });
    }

    @AfterEach
    void close() throws Exception {
        admin.close();
        http.close();
        proxy.close();
        server.close();
    }

    @Test
    void answersOnAUnixDomainSocketInPlaceOfAFile(@TempDir Path folder) throws Exception {
        var path = Files.writeString(folder.resolve("admin.sock"), "left over");

        try (var onPipe = newAdmin()) {
            var bound = onPipe.start(config(PipeAddress.of(path.toString())));

            assertThat(PipeAddress.path(bound)).isEqualTo(path.toString());
            try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                var request = "GET /ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
                client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
                var answer = Channels.newInputStream(client).readAllBytes();
                assertThat(new String(answer, StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 503 ")
                        .contains("PRE_INITIALIZING");
            }
        }
    }

    @Test
    void isReadyOnceInitialized() throws Exception {
        var before = get("/ready");
        assertThat(before.statusCode()).isEqualTo(503);
        assertThat(before.body()).isEqualTo("PRE_INITIALIZING\n");

        bringUp();

        assertThat(get("/ready").statusCode()).isEqualTo(200);
        assertThat(get("/ready?x").body()).isEqualTo("LIVE\n");
        assertThat(get("/ready").headers().firstValue("content-type"))
                .contains("text/plain; charset=UTF-8");
        assertThat(get("/ready").headers().firstValue("server")).contains("envoy");
    }

    @Test
    void listsClustersAndListeners() throws Exception {
        bringUp();

        assertThat(get("/listeners").body()).isEqualTo("l::127.0.0.1:10001\n");
        assertThat(get("/listeners?format=json").body())
                .isEqualTo(
                        """
                        {
                         "listener_statuses": [
                          {
                           "name": "l",
                           "local_address": {
                            "socket_address": {
                             "address": "127.0.0.1",
                             "port_value": 10001
                            }
                           }
                          }
                         ]
                        }
                        """);
        assertThat(get("/clusters").body())
                .isEqualTo(
                        """
                        a::observability_name::a
                        a::default_priority::max_connections::1024
                        a::default_priority::max_pending_requests::1024
                        a::default_priority::max_requests::1024
                        a::default_priority::max_retries::3
                        a::high_priority::max_connections::1024
                        a::high_priority::max_pending_requests::1024
                        a::high_priority::max_requests::1024
                        a::high_priority::max_retries::3
                        a::added_via_api::true
                        """);
        assertThat(get("/clusters?filter=zzz").body()).isEmpty();
        assertThat(get("/clusters?format=json").body())
                .contains("\"name\": \"a\",\n   \"added_via_api\": true,");
    }

    @Test
    void dumpsWhatWasAccepted() throws Exception {
        bringUp();

        assertThat(get("/config_dump?resource=dynamic_active_clusters&mask=cluster.name").body())
                .isEqualTo(
                        """
                        {
                         "configs": [
                          {
                           "@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump.DynamicCluster",
                           "cluster": {
                            "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
                            "name": "a"
                           }
                          }
                         ]
                        }
                        """);
        assertThat(get("/config_dump?include_eds").body())
                .contains(
                        "BootstrapConfigDump",
                        "ClustersConfigDump",
                        "EndpointsConfigDump",
                        "ListenersConfigDump",
                        "ScopedRoutesConfigDump",
                        "RoutesConfigDump",
                        "SecretsConfigDump")
                .contains("\"overprovisioning_factor\": 140");
        assertThat(get("/config_dump?resource=dynamic_warming_clusters").body()).isEqualTo("{}\n");
        var unknown = get("/config_dump?resource=bogus");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).isEqualTo("bogus not found in config dump");
        assertThat(get("/config_dump?resource=bootstrap").body())
                .isEqualTo(
                        "bootstrap is not a repeated field. Use ?mask=bootstrap to get only this"
                                + " field");
        assertThat(get("/config_dump?mask=bogus").statusCode()).isEqualTo(400);
        assertThat(get("/config_dump?name_regex=(").body())
                .isEqualTo("INVALID_ARGUMENT: Error while parsing name_regex from (: missing ): (");
    }

    @Test
    void dumpsRefusedListenersWithTheirError() throws Exception {
        bringUp();
        server.sendSotw(
                XdsType.LISTENER,
                "2",
                List.of(
                        Protos.rdsListener("l", 10001, "r"),
                        Protos.inlineListener("m", 10001, "a")));
        eventually(() -> proxy.counter("listener_manager.lds.update_rejected") == 1);

        assertThat(get("/config_dump?resource=dynamic_listeners").body())
                .contains("\"error_state\": {\n    \"failed_configuration\": {")
                .contains("\"details\": \"error adding listener: 'm' has duplicate address");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/stats?filter=(|Invalid re2 regex: missing ): (",
                "/stats?type=x|invalid &type= param",
                "/clusters?filter=(|Invalid re2 regex",
            })
    void refusesBadParametersInEnvoysWords(String path, String body) throws Exception {
        var response = get(path);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/quitquitquit",
                "/drain_listeners",
                "/healthcheck/fail",
                "/healthcheck/ok",
                "/logging",
                "/reset_counters",
                "/reopen_logs",
                "/runtime_modify"
            })
    void wantsPostWhereSomethingChanges(String path) throws Exception {
        var response = get(path);

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.body()).isEqualTo("Method GET not allowed, POST required.");
        assertThat(shutDowns).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/help",
                "/stats",
                "/stats?format=json",
                "/stats?format=html",
                "/stats/prometheus",
                "/server_info",
                "/memory",
                "/runtime",
                "/init_dump",
                "/certs",
                "/contention",
                "/hot_restart_version",
                "/config_dump"
            })
    void answersEveryReadOnlyPath(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(200);
    }

    @Test
    void namesItsCommandsWhereThePathIsUnknown() throws Exception {
        var response = get("/bogus");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body())
                .startsWith("invalid path. admin commands are:\n  /: Admin home page\n");
    }

    @Test
    void drainsAndRecoversByHealthCheck() throws Exception {
        bringUp();

        assertThat(post("/healthcheck/fail").body()).isEqualTo("OK\n");
        assertThat(get("/ready").body()).isEqualTo("DRAINING\n");
        assertThat(post("/healthcheck/ok").body()).isEqualTo("OK\n");
        assertThat(get("/ready").body()).isEqualTo("LIVE\n");
    }

    @Test
    void changesLogLevels() throws Exception {
        assertThat(post("/logging").body())
                .startsWith("active loggers:\n")
                .contains("  admin: warning\n");
        assertThat(post("/logging?paths=admin:debug,main:trace").body())
                .contains("  admin: debug\n", "  main: trace\n");
        assertThat(post("/logging?level=warning").body()).doesNotContain("debug");
        var bad = post("/logging?level=bogus");
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(bad.body()).startsWith("error: unknown logger level\n\nusage: /logging?");
        assertThat(post("/logging?bogus=info").body()).startsWith("error: unknown logger name\n");
        assertThat(post("/logging?level=info&admin=debug").body())
                .startsWith("error: invalid number of parameters\n");
    }

    @Test
    void answersBeforeItQuits() throws Exception {
        assertThat(post("/quitquitquit").body()).isEqualTo("OK\n");
        eventually(() -> shutDowns.get() == 1);
    }

    @Test
    void refusesAFragmentAndCloses() throws Exception {
        var to = uri("/");
        try (var client = new Socket(to.getHost(), to.getPort())) {
            client.getOutputStream()
                    .write("GET /ready#x HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(UTF_8));

            assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("connection: close\r\n", "content-length: 0\r\n")
                    .doesNotContain("content-type");
        }
        assertThat(get("/stats?filter=admin.downstream_rq_failed_path_normalization").body())
                .contains("http.admin.downstream_rq_failed_path_normalization: 1\n");
    }

    @Test
    void zeroesCounters() throws Exception {
        bringUp();
        assertThat(get("/stats?filter=cluster_added").body())
                .isEqualTo("cluster_manager.cluster_added: 1\n");

        post("/reset_counters");

        assertThat(get("/stats?filter=cluster_added&usedonly").body())
                .isEqualTo("cluster_manager.cluster_added: 0\n");
    }

    private void bringUp() throws Exception {
        server.takeSotw();
        server.sendSotw(XdsType.CLUSTER, "1", List.of(Protos.edsCluster("a", 1)));
        server.takeSotw();
        server.sendSotw(XdsType.ENDPOINT, "1", List.of(Protos.assignment("a", 9)));
        server.takeSotw();
        server.takeSotw();
        server.sendSotw(XdsType.LISTENER, "1", List.of(Protos.rdsListener("l", 10001, "r")));
        server.takeSotw();
        server.sendSotw(XdsType.ROUTE, "1", List.of(Protos.routes("r", "a")));
        eventually(proxy.requestPath()::isStarted);
        eventually(() -> proxy.gauge("server.live") == 1);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).GET().build());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build());
    }

    private URI uri(String path) {
        return URI.create(base + path.replace("(", "%28"));
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
