// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.xds.ControlPlaneOptions.Listen;
import dev.outrigger.xds.security.IdentityRule;
import dev.outrigger.xds.security.PlaintextRefusedException;
import dev.outrigger.xds.security.TlsFiles;
import dev.outrigger.xds.security.XdsSecurity;
import dev.outrigger.xds.testing.Certificates;
import dev.outrigger.xds.testing.EnvoyProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole control plane through its sockets. */
class ControlPlaneIT {
    static {
        // Read once, by the first client of the JVM; EnvoyProcess needs it.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir Path directory;

    @Test
    void aPolicyPostedToTheApiChangesWhatEnvoyDoesAndSurvivesARestart() throws Exception {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(3);
        int egress = ports.get(1);
        int xds = ports.get(2);
        EnvoyProcess envoy = null;
        try {
            try (var control = ControlPlane.start(options(xds))) {
                var bootstrap =
                        get(
                                control.restPort(),
                                "/api/v1/bootstrap?flavor=envoy&service=a&id=a-1&adminPort="
                                        + ports.get(0));
                assertThat(bootstrap.statusCode()).isEqualTo(200);
                envoy = EnvoyProcess.start(directory, bootstrap.body(), ports.get(0));
                envoy.awaitReady();
                assertThat(apply(control, sidecar(egress)).statusCode()).isEqualTo(200);

                var sync = get(control.restPort(), "/api/v1/revisions/1/sync?timeout=20s");

                assertThat(sync.body()).contains("\"synced\":true").contains("\"a-1\"");
                assertThat(EnvoyProcess.get(egress, "b.local.service", "/").statusCode())
                        .isEqualTo(503);
                assertThat(EnvoyProcess.get(egress, "c.local.service", "/").statusCode())
                        .isEqualTo(404);
                assertThat(get(control.restPort(), "/api/v1/proxies").body())
                        .contains("envoy 1.", "Sidecar", "SYNCED");
                assertThat(get(control.adminPort(), "/metrics").body())
                        .contains("outrigger_xds_streams 1", "outrigger_xds_acks_total");
                assertThat(get(control.adminPort(), "/health/ready").statusCode()).isEqualTo(200);
            }
            // Without a control plane everything stays as it is.
            assertThat(EnvoyProcess.get(egress, "b.local.service", "/").statusCode())
                    .isEqualTo(503);
            try (var again = ControlPlane.start(options(xds))) {
                var sync = get(again.restPort(), "/api/v1/proxies");
                assertThat(sync.statusCode()).isEqualTo(200);
                assertThat(get(again.restPort(), "/api/v1/services/b").body())
                        .contains("b.local.service");
            }
        } finally {
            if (envoy != null) {
                envoy.close();
            }
        }
    }

    @Test
    void anEnvoyWithACertificateIsServedOverTls() throws Exception {
        EnvoyProcess.required();
        var authority = new Certificates("mesh");
        var server =
                Certificates.write(
                        directory.resolve("server"), authority.issue("127.0.0.1"), authority);
        var client =
                Certificates.write(
                        directory.resolve("client"),
                        authority.issue("spiffe://mesh.example/ns/default/sa/a"),
                        authority);
        var ports = EnvoyProcess.freePorts(2);
        var security =
                new XdsSecurity.MutualTls(
                        new TlsFiles(server.certificate(), server.key(), server.authorities()),
                        IdentityRule.DEFAULT,
                        List.of(),
                        XdsSecurity.MutualTls.RELOAD_INTERVAL);
        try (var control = ControlPlane.start(options(0).withSecurity(security))) {
            var bootstrap =
                    get(
                            control.restPort(),
                            "/api/v1/bootstrap?service=a&id=a-1&adminPort="
                                    + ports.get(0)
                                    + "&tlsCert="
                                    + client.certificate()
                                    + "&tlsKey="
                                    + client.key()
                                    + "&tlsCa="
                                    + client.authorities());
            assertThat(bootstrap.statusCode()).isEqualTo(200);
            assertThat(apply(control, sidecar(ports.get(1))).statusCode()).isEqualTo(200);
            try (var envoy = EnvoyProcess.start(directory, bootstrap.body(), ports.get(0))) {
                envoy.awaitReady();

                var sync = get(control.restPort(), "/api/v1/revisions/1/sync?timeout=20s");

                assertThat(sync.body()).contains("\"synced\":true").contains("\"a-1\"");
                assertThat(envoy.stat("cluster.outrigger_xds.ssl.handshake")).isPositive();
            }
            var java = get(control.restPort(), "/api/v1/bootstrap?service=a&flavor=java");
            assertThat(java.body()).contains("UpstreamTlsContext");
        }
    }

    @Test
    void refusesAPlaintextPortThatOthersCanReach() {
        assertThatThrownBy(() ->
                        ControlPlane.start(options(0).withXds(new Listen("0.0.0.0", 0))).close())
                .isInstanceOf(PlaintextRefusedException.class);
    }

    @Test
    void aRawResourceWithAnUnknownFieldIsRefusedWithItsPlace() throws Exception {
        try (var control = ControlPlane.start(options(0))) {
            var refused =
                    apply(
                            control,
                            """
                            apiVersion: outrigger.dev/v1alpha1
                            kind: XdsResources
                            metadata: {name: raw}
                            spec:
                              selector: {cluster: a}
                              resources:
                              - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                                name: x
                                conect_timeout: 1s
                            """);

            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body())
                    .contains("#/spec/resources/0/conect_timeout", "connect_timeout");
            assertThat(get(control.restPort(), "/api/v1/xdsresources").body())
                    .contains("\"items\":[]");
        }
    }

    @Test
    void saysWhichPortIsTakenAndLeavesNothingBehind() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = new Listen("127.0.0.1", taken.getLocalPort());

            assertThatThrownBy(() -> ControlPlane.start(options(0).withXds(address)).close())
                    .isInstanceOf(CannotListenException.class)
                    .hasMessageContaining("Cannot listen on " + address + " for xDS: ");
            assertThatThrownBy(() -> ControlPlane.start(options(0).withRest(address)).close())
                    .isInstanceOf(CannotListenException.class)
                    .hasMessageContaining("Cannot listen on " + address + " for the REST API: ");
            assertThatThrownBy(() -> ControlPlane.start(options(0).withAdmin(address)).close())
                    .isInstanceOf(CannotListenException.class)
                    .hasMessageContaining(
                            "Cannot listen on " + address + " for health and metrics: ");
        }
        // The store is free again, too.
        ControlPlane.start(options(0)).close();
    }

    @Test
    void r15AServiceIsNotAtItsOwnSocketsUnlessTheOperatorSaysSo() throws Exception {
        int xds = EnvoyProcess.freePorts(1).getFirst();
        String service = sidecar(1).replace("port: 1}", "port: " + xds + "}");
        String metadata =
                sidecar(1)
                        .replace(
                                "address: 127.0.0.1, port: 1}",
                                "address: 169.254.169.254, port: 80}");

        try (var control = ControlPlane.start(options(xds))) {
            var refused = apply(control, service);

            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body())
                    .contains("OUT-1052", "#/spec/endpoints/static/0", "the control plane itself");
            assertThat(apply(control, metadata).body())
                    .contains("OUT-1052", "#/spec/endpoints/static/0", "link-local");
        }
        try (var control = ControlPlane.start(options(xds).withAnyEndpoint(true))) {
            assertThat(apply(control, service).statusCode()).isEqualTo(200);
            assertThat(apply(control, metadata).statusCode()).isEqualTo(200);
        }
    }

    private ControlPlaneOptions options(int xdsPort) {
        return ControlPlaneOptions.at(directory.resolve("policies.db"))
                .withRest(new Listen("127.0.0.1", 0))
                .withAdmin(new Listen("127.0.0.1", 0))
                .withXds(new Listen("127.0.0.1", xdsPort));
    }

    private static HttpResponse<String> apply(ControlPlane control, String yaml)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(uri(control.restPort(), "/api/v1/apply"))
                        .header("Content-Type", "application/yaml")
                        .POST(HttpRequest.BodyPublishers.ofString(yaml))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(int port, String path)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(uri(port, path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static String sidecar(int egress) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: b}
        spec:
          hostnames: [b.local.service]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: 1}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a}
        spec:
          selector: {cluster: a, labels: {flavor: envoy}}
          outbound:
            listeners: [{name: http, address: 127.0.0.1, port: %d, protocol: HTTP}]
        """
                .formatted(egress);
    }
}
