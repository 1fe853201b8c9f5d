// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationsTest {

    @TempDir private Path folder = Path.of("");

    private Site site() {
        return new Site(folder, 15001, 15002, 15003);
    }

    @Test
    void givesEnvoyARetryPolicyAndRaisedBreakersAndNoAccessLog() {
        var yaml = EnvoyBootstrap.yaml(site());

        assertThat(yaml)
                .contains("port_value: 15001", "port_value: 15002", "port_value: 15003")
                .contains("domains: [b.local.service]", "match: {prefix: /}")
                .contains("retry_policy: {retry_on: 5xx, num_retries: 2}")
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
    void letsTheUpstreamAnswerAFixedBodyOnItsOwnPort() {
        assertThat(NginxConfig.upstream(site(), 5))
                .contains("listen 127.0.0.1:15001", "return 200 \"xxxxx\";")
                .doesNotContain("15003");
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
