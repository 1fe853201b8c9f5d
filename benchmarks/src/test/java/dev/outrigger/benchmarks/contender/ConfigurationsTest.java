// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.benchmarks.load.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationsTest {

    @TempDir private Path folder = Path.of("");

    private Site site() {
        return site(Line.HTTP1);
    }

    private Site site(Line line) {
        return site(line, Surroundings.NONE);
    }

    private Site site(Line line, Surroundings surroundings) {
        return new Site(folder, 15001, 15002, 15003, line, surroundings, Certificates.in(folder));
    }

    @Test
    void configuresEveryoneForEveryLineWithoutAPlaceLeftOpen() {
        assertThat(Line.values())
                .allSatisfy(line -> {
                    var site = site(line);
                    assertThat(
                                    List.of(
                                            EnvoyBootstrap.yaml(site),
                                            NginxConfig.proxy(site),
                                            NginxConfig.upstream(site),
                                            HaproxyConfig.text(site).replace("%[uuid()]", "")))
                            .allSatisfy(text ->
                                    assertThat(text).contains("15001").doesNotContain("%", "null"));
                });
    }

    @Test
    void letsTlsEndAtTheProxyAndBeginThereAgain() {
        assertThat(EnvoyBootstrap.yaml(site(Line.TLS_HTTP2)))
                .contains("DownstreamTlsContext", "alpn_protocols: [h2]")
                .doesNotContain("UpstreamTlsContext");
        assertThat(NginxConfig.proxy(site(Line.TLS_HTTP2)))
                .contains("15001 ssl http2 backlog", "ssl_certificate_key", "TLSv1.3;");
        assertThat(HaproxyConfig.text(site(Line.TLS_HTTP2))).contains("both.pem alpn h2");

        assertThat(EnvoyBootstrap.yaml(site(Line.MTLS_UPSTREAM)))
                .contains(
                        "\n    transport_socket:\n", "UpstreamTlsContext", "exact: b.local.service")
                .doesNotContain("DownstreamTlsContext");
        assertThat(NginxConfig.proxy(site(Line.MTLS_UPSTREAM)))
                .contains("proxy_pass https://b;", "proxy_ssl_verify on;", "TLSv1.3;");
        assertThat(NginxConfig.upstream(site(Line.MTLS_UPSTREAM)))
                .contains("15001 ssl backlog", "ssl_verify_client on;");
        assertThat(HaproxyConfig.text(site(Line.MTLS_UPSTREAM)))
                .contains("ssl verify required ca-file");
    }

    @Test
    void keepsAndResumesNothingWhereEachRequestHasItsHandshake() {
        assertThat(EnvoyBootstrap.yaml(site(Line.MTLS_HANDSHAKE)))
                .contains(
                        "\n    transport_socket:\n",
                        "\n        max_session_keys: 0\n        common_tls_context:",
                        "\n    typed_extension_protocol_options:\n",
                        "max_requests_per_connection: 1");
        assertThat(NginxConfig.proxy(site(Line.MTLS_HANDSHAKE)))
                .contains("proxy_ssl_session_reuse off;")
                .doesNotContain("keepalive 1024");
        assertThat(HaproxyConfig.text(site(Line.MTLS_HANDSHAKE)))
                .contains("no-ssl-reuse", "option http-server-close")
                .doesNotContain("http-reuse always");
    }

    @Test
    void saysWhoCannotTakePartInALine() {
        var nginx = new NginxContender(Path.of("/usr/sbin/nginx"));

        assertThat(nginx.objection(Line.HTTP1, Surroundings.NONE)).isEmpty();
        assertThat(nginx.objection(Line.HTTP2, Surroundings.NONE))
                .get()
                .asString()
                .contains("HTTP/2");
        assertThat(new TwinContender(nginx).objection(Line.TCP, Surroundings.NONE)).isPresent();
    }

    @Test
    void givesEnvoyARetryPolicyAndRaisedBreakersAndNoAccessLog() {
        var yaml = EnvoyBootstrap.yaml(site());

        assertThat(yaml)
                .contains("port_value: 15001", "port_value: 15002", "port_value: 15003")
                .contains("\"domains\": [\"b.local.service\"]", "\"match\": {\"prefix\": \"/\"}")
                .contains("\"retry_policy\": {\"retry_on\": \"5xx\", \"num_retries\": 2}")
                .contains("use_remote_address: true", "generate_request_id: true")
                .contains("max_requests: 10000")
                .doesNotContain("access_log", "%");
    }

    @Test
    void givesNginxOneWorkerKeepAliveAndBothHeaders() {
        assertThat(NginxConfig.proxy(site()))
                .contains(
                        "worker_processes 1;", "listen 127.0.0.1:15001", "server 127.0.0.1:15003;")
                .contains(
                        "proxy_http_version 1.1;",
                        "proxy_set_header Connection \"\";",
                        "keepalive 1024;")
                .contains("proxy_set_header X-Forwarded-For", "proxy_set_header X-Request-Id")
                .contains("access_log off;")
                .doesNotContain("%");
    }

    @Test
    void letsTheUpstreamAnswerAFixedBodyOnItsOwnPort() throws IOException {
        NginxConfig.writeAnswer(site(), 5);

        assertThat(NginxConfig.upstream(site()))
                .contains("listen 127.0.0.1:15001", "try_files /answer")
                .doesNotContain("15003");
        assertThat(folder.resolve("answer")).hasContent("xxxxx");
    }

    @Test
    void letsTheUpstreamAnswerACallWithAMessageAndATrailer() throws IOException {
        NginxConfig.writeAnswer(site(Line.GRPC), 5);

        assertThat(NginxConfig.upstream(site(Line.GRPC)))
                .contains("application/grpc", "add_trailer grpc-status 0;");
        assertThat(folder.resolve("answer"))
                .hasBinaryContent(new byte[] {0, 0, 0, 0, 5, 'x', 'x', 'x', 'x', 'x'});
    }

    @Test
    void givesHaproxyOneThreadSharedConnectionsAndBothHeaders() {
        assertThat(HaproxyConfig.text(site()))
                .contains("nbthread 1", "http-reuse always", "option forwardfor")
                .contains("http-request set-header x-request-id %[uuid()]")
                .contains("bind 127.0.0.1:15001", "server b 127.0.0.1:15003")
                .contains("hdr(host) -i b.local.service");
    }

    @Test
    void givesEveryoneAHostNameARouteAndAClusterForEachService() throws IOException {
        var site = site(Line.HTTP1, new Surroundings(3, 0, 0));
        HaproxyConfig.writeServices(site);

        assertThat(EnvoyBootstrap.yaml(site))
                .containsSubsequence("b.local.service", "s1.local.service", "s2.local.service")
                .containsSubsequence("- name: b\n", "- {name: s1,", "- {name: s2,")
                .doesNotContain("s3");
        assertThat(NginxConfig.proxy(site))
                .contains("server_name s2.local.service;", "proxy_pass http://s2;")
                .doesNotContain("s3");
        assertThat(HaproxyConfig.text(site)).contains("services.map", "backend s2\n");
        assertThat(folder.resolve("services.map"))
                .hasContent("b.local.service b\ns1.local.service s1\ns2.local.service s2\n");
    }

    @Test
    void putsRoutesThatChangeIntoAFile() throws IOException {
        var site = site(Line.HTTP1, new Surroundings(2, 0, 10));

        EnvoyBootstrap.write(site);
        var first = Files.readString(folder.resolve("routes.json"));
        RouteFile.replace(site, 2);

        assertThat(Files.readString(folder.resolve("bootstrap.yaml")))
                .contains("path_config_source: {path: " + folder.resolve("routes.json") + "}")
                .doesNotContain("virtual_hosts");
        assertThat(first).contains("b.local.service", "s1.local.service", "\"1\"");
        assertThat(folder.resolve("routes.json")).hasContent(first.replace("\"1\"", "\"2\""));
        assertThat(
                        new HaproxyContender(Path.of("/usr/sbin/haproxy"))
                                .objection(Line.HTTP1, site.surroundings()))
                .isPresent();
    }

    @Test
    void leavesHaproxyOutWhereMoreStayThanItHasFilesFor() {
        var haproxy = new HaproxyContender(Path.of("/usr/sbin/haproxy"));

        assertThat(haproxy.objection(Line.HTTP1, new Surroundings(1, 7_168, 0))).isEmpty();
        assertThat(haproxy.objection(Line.HTTP1, new Surroundings(1, 7_169, 0)))
                .get()
                .asString()
                .contains("files");
    }

    @Test
    void startsEnvoyWithOneWorkerFromItsBootstrap() throws IOException {
        var launch = new EnvoyContender(Path.of("/opt/envoy")).launch(site());

        assertThat(launch.command())
                .startsWith("/opt/envoy", "-c", folder.resolve("bootstrap.yaml").toString())
                .containsSequence("--concurrency", "1");
        assertThat(Files.readString(folder.resolve("bootstrap.yaml")))
                .isEqualTo(EnvoyBootstrap.yaml(site()));
    }

    @Test
    void measuresTheDataPlaneWithTheFlagsItShipsWith() throws IOException {
        Files.writeString(
                folder.resolve("jvm.options"), "# sized for a sidecar\n-Xms12m\n\n  -Xmx24m\n");

        assertThat(JavaDataplaneContender.shippedFlags(folder.resolve("lib")))
                .containsExactly("-Xms12m", "-Xmx24m");
    }

    @Test
    void startsTheDataPlaneWithItsJarsInAFixedOrder() throws IOException {
        var libraries = Files.createDirectory(folder.resolve("lib"));
        Files.createFile(libraries.resolve("b.jar"));
        Files.createFile(libraries.resolve("a.jar"));
        Files.createFile(libraries.resolve("notes.txt"));

        var launch =
                new JavaDataplaneContender(
                                Path.of("/jdk/bin/java"), libraries, List.of("-Xmx24m"), false)
                        .launch(site());

        assertThat(launch.command())
                .containsExactly(
                        "/jdk/bin/java",
                        "-Xmx24m",
                        "-cp",
                        libraries.resolve("a.jar") + ":" + libraries.resolve("b.jar"),
                        "dev.outrigger.dataplane.bootstrap.DataPlaneMain",
                        "-c",
                        folder.resolve("bootstrap.yaml").toString(),
                        "--concurrency",
                        "1");
        assertThat(Files.readString(folder.resolve("bootstrap.yaml")))
                .isEqualTo(EnvoyBootstrap.yaml(site()));
    }
}
