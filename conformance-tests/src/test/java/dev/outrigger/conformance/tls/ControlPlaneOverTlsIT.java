// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.control.RunningControlPlane;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.FreePort;
import dev.outrigger.conformance.stage.Identities;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.bootstrap.BootstrapTemplate.ClientTls;
import dev.outrigger.xds.bootstrap.BootstrapTemplate.ServerName;
import dev.outrigger.xds.security.IdentityRule;
import dev.outrigger.xds.security.TlsFiles;
import dev.outrigger.xds.security.XdsSecurity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both proxies on a control plane that speaks mTLS only, by the bootstrap it writes for them. */
class ControlPlaneOverTlsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** What the certificate of Identities' client may speak for by the default rules. */
    private static final String CLUSTER = "client";

    @TempDir private Path folder;
    private Identities identities;
    private RunningControlPlane control;

    static Stream<ProxyUnderTest> proxies() throws IOException {
        return Stream.of(Subjects.oracle(), Subjects.subject());
    }

    @BeforeEach
    void start() throws Exception {
        identities = new Identities(folder);
        control =
                RunningControlPlane.start(
                        folder.resolve("policies.db"),
                        Capabilities.ALL_PROXIES,
                        new XdsSecurity.MutualTls(
                                new TlsFiles(
                                        Path.of(identities.certificate("server")),
                                        Path.of(identities.key("server")),
                                        Path.of(identities.certificate("ca"))),
                                IdentityRule.DEFAULT,
                                List.of(),
                                Duration.ofSeconds(10)));
    }

    @AfterEach
    void end() {
        control.close();
    }

    @ParameterizedTest
    @MethodSource("proxies")
    void isServedByItsCertificate(ProxyUnderTest proxy) throws IOException {
        long revision = control.apply(documents(proxy.flavor()));

        try (var running = start(proxy, "ca", "spiffe://td/server")) {
            control.requireSync(revision);

            assertThat(control.proxy("it").path("connected").asBoolean()).isTrue();
            assertThat(running.admin("GET", "/clusters").body()).contains("default/b/80::");
            assertThat(stat(running, "ssl.handshake")).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("proxies")
    void trustsNoOtherAuthority(ProxyUnderTest proxy) throws IOException {
        try (var running = start(proxy, "other-ca", "spiffe://td/server")) {
            assertThat(Eventually.holds(PATIENCE, () -> stat(running, "ssl.fail_verify_error") > 0))
                    .isTrue();
            assertThat(stat(running, "ssl.handshake")).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("proxies")
    void speaksToNobodyOfAnotherName(ProxyUnderTest proxy) throws IOException {
        try (var running = start(proxy, "ca", "spiffe://td/somebody")) {
            assertThat(Eventually.holds(PATIENCE, () -> stat(running, "ssl.fail_verify_san") > 0))
                    .isTrue();
        }
    }

    private RunningProxy start(ProxyUnderTest proxy, String authority, String server)
            throws IOException {
        var bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(
                bootstrap,
                new BootstrapTemplate(
                                "it",
                                CLUSTER,
                                Map.of("flavor", proxy.flavor()),
                                0,
                                "127.0.0.1",
                                control.xdsPort(),
                                Optional.of(
                                        new ClientTls(
                                                identities.certificate("client"),
                                                identities.key("client"),
                                                identities.certificate(authority),
                                                Optional.of(ServerName.parse(server)))))
                        .toYaml()
                        // Live soon even where nothing comes.
                        .replace("ads: {}}", "ads: {}, initial_fetch_timeout: 1s}"));
        return proxy.start(bootstrap, Files.createDirectory(folder.resolve("proxy")));
    }

    private static long stat(RunningProxy proxy, String name) {
        String line = "cluster.outrigger_xds." + name + ": ";
        try {
            return proxy.admin("GET", "/stats?filter=outrigger_xds.ssl")
                    .body()
                    .lines()
                    .filter(l -> l.startsWith(line))
                    .mapToLong(l -> Long.parseLong(l.substring(line.length())))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String documents(String flavor) throws IOException {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: b}
        spec:
          hostnames: [b.local]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: 9}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: it}
        spec:
          selector: {cluster: %s, labels: {flavor: %s}}
          outbound: {listeners: [{name: main, address: 127.0.0.1, port: %d, protocol: HTTP}]}
        """
                .formatted(CLUSTER, flavor, FreePort.next());
    }
}
