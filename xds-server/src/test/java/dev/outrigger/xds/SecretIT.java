// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.testing.Certificates;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A certificate that a real Envoy gets by SDS, from a raw document, and its successor. */
class SecretIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private final FakePolicySource policies = new FakePolicySource();

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void envoyServesTheCertificateOfTheDocumentAndThenTheNextOne(String apiType) throws Exception {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(2);
        var authority = new Certificates("mesh");
        try (var engine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AdsOptions.DEFAULT,
                        policies,
                        new SimpleMeterRegistry(),
                        InstantSource.system(),
                        new Random())) {
            var bootstrap =
                    new BootstrapTemplate(
                                    "a-1", "a", Map.of(), ports.get(0), "127.0.0.1", engine.port())
                            .toYaml()
                            .replace("DELTA_GRPC", apiType);
            var first = authority.issue("first.example");
            policies.apply(listener(ports.get(1)) + secret(first));
            try (var envoy = EnvoyProcess.start(directory, bootstrap, ports.get(0))) {
                envoy.awaitReady();
                synced(engine);
                Eventually.within(
                        PATIENCE,
                        () -> assertThat(served(ports.get(1))).isEqualTo(first.getCertificate()));

                var second = authority.issue("second.example");
                policies.apply(listener(ports.get(1)) + secret(second));
                synced(engine);

                Eventually.within(
                        PATIENCE,
                        () -> assertThat(served(ports.get(1))).isEqualTo(second.getCertificate()));
                // The listener did not change, so it was not replaced.
                assertThat(envoy.stat("listener_manager.listener_modified")).isZero();
                assertThat(envoy.stat("listener_manager.listener_in_place_updated")).isZero();
                assertThat(envoy.admin("/stats")).doesNotContainPattern("update_rejected: [1-9]");
                // The words of a key are nobody's business.
                assertThat(engine.status().proxies().toString()).doesNotContain("PRIVATE KEY");
            }
        }
    }

    private void synced(XdsEngine engine) throws Exception {
        var report = engine.status().awaitSync(policies.current().revision(), PATIENCE);
        assertThat(report.synced()).as("%s", report).isTrue();
    }

    private static X509Certificate served(int port) throws Exception {
        var anybody =
                new X509TrustManager() {
                    @Override
                    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

                    @Override
                    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

                    @Override
                    public X509Certificate[] getAcceptedIssuers() {
                        return new X509Certificate[0];
                    }
                };
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {anybody}, null);
        try (var socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static String secret(X509Bundle bundle) {
        return """
          - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
            name: server
            tls_certificate:
              certificate_chain: {inline_string: "%s"}
              private_key: {inline_string: "%s"}
        """
                .formatted(
                        bundle.getCertificatePathPEM().replace("\n", "\\n").replace("\r", ""),
                        bundle.getPrivateKeyPEM().replace("\n", "\\n").replace("\r", ""));
    }

    private static String listener(int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: XdsResources
        metadata: {name: tls}
        spec:
          selector: {cluster: a}
          resources:
          - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
            name: tls
            address: {socket_address: {address: 127.0.0.1, port_value: %d}}
            filter_chains:
            - transport_socket:
                name: envoy.transport_sockets.tls
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                  common_tls_context:
                    tls_certificate_sds_secret_configs:
                    - name: server
                      sds_config: {resource_api_version: V3, ads: {}}
              filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: tls
                  route_config:
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes: [{match: {prefix: /}, direct_response: {status: 200}}]
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """
                .formatted(port);
    }
}
