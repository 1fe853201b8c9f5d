// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.proxyless.EchoServer;
import dev.outrigger.xds.testing.Certificates;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Envoy does what the policies about upstreams say, driven by the xDS engine alone. That the
 * Java data plane does the same is for the conformance cases.
 */
class UpstreamPoliciesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private final FakePolicySource policies = new FakePolicySource();
    private int adminPort;
    private int egressPort;
    private @Nullable XdsEngine runningEngine;
    private @Nullable EnvoyProcess runningEnvoy;

    @BeforeEach
    void start() throws Exception {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(2);
        adminPort = ports.get(0);
        egressPort = ports.get(1);
        var engine =
                XdsEngine.start(
                        loopback(0),
                        AdsOptions.DEFAULT,
                        policies,
                        new SimpleMeterRegistry(),
                        InstantSource.system(),
                        new Random());
        runningEngine = engine;
        policies.apply(sidecar(""));
        var bootstrap =
                new BootstrapTemplate("a-1", "a", Map.of(), adminPort, "127.0.0.1", engine.port())
                        .toYaml();
        var envoy = EnvoyProcess.start(directory, bootstrap, adminPort);
        runningEnvoy = envoy;
        envoy.awaitReady();
    }

    @AfterEach
    void stop() {
        if (runningEnvoy != null) {
            runningEnvoy.close();
        }
        if (runningEngine != null) {
            runningEngine.close();
        }
    }

    @Test
    void callsGoByServiceMethodAndMetadata() throws Exception {
        try (var one = new EchoServer("one");
                var two = new EchoServer("two")) {
            apply(
                    sidecar("")
                            + service("b", "protocol: GRPC", one.port())
                            + service("c", "protocol: GRPC", two.port())
                            + """
                            apiVersion: outrigger.dev/v1alpha1
                            kind: GRPCRoute
                            metadata: {name: b}
                            spec:
                              parentRefs: [{name: b}]
                              rules:
                              - matches: [{method: {service: shop.Cart}}]
                                backendRefs: [{name: b}]
                                retry: {attempts: 2, on: [unavailable], backoff: 5ms}
                              - matches: [{method: {service: shop.Cart, method: Pay}}, {method: {service: shop.Cart}, headers: [{name: x-tenant, value: two}]}]
                                backendRefs: [{name: c}]
                            """);

            assertThat(call("shop.Cart/Get", "one")).isEqualTo("one");
            assertThat(call("shop.Cart/Pay", "one")).isEqualTo("two");
            assertThat(call("shop.Cart/Get", "two")).isEqualTo("two");
            assertThat(call("shop.Stock/Get", "one")).isEqualTo("UNIMPLEMENTED");
            one.failNext(2);
            assertThat(call("shop.Cart/Get", "one")).isEqualTo("one");
            assertThat(one.calls()).isEqualTo(3);
        }
    }

    @Test
    void hostsAreBelievedByTheirCertificateAndShownOne() throws Exception {
        var authority = new Certificates("mesh");
        var folder =
                Certificates.write(
                        directory.resolve("tls"), authority.issue("spiffe://mesh/a"), authority);
        var server = tlsServer(authority.issue("b.internal"), authority);
        try {
            var plain = sidecar("") + service("b", "protocol: HTTP", server.getAddress().getPort());
            apply(plain + tls("b.internal", folder, true));
            assertThat(get("b.local").statusCode()).isEqualTo(200);

            apply(plain + tls("c.internal", folder, true));
            assertThat(get("b.local").statusCode()).isEqualTo(503);

            apply(plain + tls("b.internal", folder, false));
            assertThat(get("b.local").statusCode()).isEqualTo(503);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aCredentialIsReadFromAFileAndShownNowhere() throws Exception {
        var secret = directory.resolve("token");
        Files.writeString(secret, "s3cret\n");
        var server = HttpServer.create(loopback(0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        var sent = exchange.getRequestHeaders().getFirst("Authorization");
                        var body = String.valueOf(sent).getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
        try {
            apply(
                    sidecar("")
                            + service("b", "protocol: HTTP", server.getAddress().getPort())
                            + policy("credential: {prefix: \"Bearer \", file: " + secret + "}"));
            // The file is asked for once the cluster is there.
            Eventually.within(
                    PATIENCE, () -> assertThat(get("b.local").body()).isEqualTo("Bearer s3cret"));

            assertThat(envoy().admin("/config_dump"))
                    .contains("credential/default/b/80")
                    .doesNotContain("s3cret");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void unknownHostsAreRefusedOrPassedOn() throws Exception {
        var server = HttpServer.create(loopback(0), 0);
        server.createContext("/", exchange -> exchange.sendResponseHeaders(204, -1));
        server.start();
        try {
            var host = "127.0.0.1:" + server.getAddress().getPort();
            var refused = get(host);
            assertThat(refused.statusCode()).isEqualTo(404);
            assertThat(refused.headers().firstValue("x-outrigger-reason")).contains("unknown-host");

            apply(sidecar(", unknownHosts: passthrough"));
            Eventually.within(PATIENCE, () -> assertThat(get(host).statusCode()).isEqualTo(204));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosed() throws Exception {
        apply(sidecar("").replace("name: http,", "name: http, maxConnections: 1,"));
        Eventually.within(
                PATIENCE,
                () -> {
                    try (var first = new Socket(InetAddress.getLoopbackAddress(), egressPort);
                            var second = new Socket(InetAddress.getLoopbackAddress(), egressPort)) {
                        first.getOutputStream()
                                .write(
                                        "GET / HTTP/1.1\r\nhost: x\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII));
                        assertThat(first.getInputStream().read()).isEqualTo('H');
                        assertThat(second.getInputStream().read()).isEqualTo(-1);
                    }
                });
    }

    private String call(String method, String tenant) throws InterruptedException {
        ManagedChannel channel =
                Grpc.newChannelBuilder(
                                "127.0.0.1:" + egressPort, InsecureChannelCredentials.create())
                        .overrideAuthority("b.local")
                        .build();
        try {
            var metadata = new Metadata();
            metadata.put(Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER), tenant);
            return ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(
                            channel, MetadataUtils.newAttachHeadersInterceptor(metadata)),
                    EchoServer.method(method),
                    CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS),
                    "");
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode().name();
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static HttpsServer tlsServer(X509Bundle own, Certificates trusted) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(
                own.toKeyManagerFactory().getKeyManagers(),
                new javax.net.ssl.TrustManager[] {trusted.issue("unused").toTrustManager()},
                null);
        var server = HttpsServer.create(loopback(0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(context) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters needed = getSSLContext().getDefaultSSLParameters();
                        needed.setNeedClientAuth(true);
                        parameters.setSSLParameters(needed);
                    }
                });
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        exchange.sendResponseHeaders(200, -1);
                    }
                });
        server.start();
        return server;
    }

    private static String tls(String name, Certificates.Folder folder, boolean shows) {
        return policy(
                "tls: {validation: {hostname: %s, caCertificateRefs: [{file: %s}]}%s}"
                        .formatted(
                                name,
                                folder.authorities(),
                                shows
                                        ? ", clientCertificate: {certificateFile: %s, privateKeyFile: %s}"
                                                .formatted(folder.certificate(), folder.key())
                                        : ""));
    }

    private java.net.http.HttpResponse<String> get(String host)
            throws IOException, InterruptedException {
        return EnvoyProcess.get(egressPort, host, "/");
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private EnvoyProcess envoy() {
        return Objects.requireNonNull(runningEnvoy, "not started");
    }

    private void apply(String documents) throws Exception {
        var engine = Objects.requireNonNull(runningEngine, "not started");
        var report = engine.status().awaitSync(policies.apply(documents), PATIENCE);
        assertThat(report.synced()).as("%s", report).isTrue();
    }

    private String sidecar(String more) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a}
        spec:
          selector: {cluster: a}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: %d}]%s}
        ---
        """
                .formatted(egressPort, more);
    }

    private static String service(String name, String protocol, int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s}
        spec:
          hostnames: [%s.local]
          ports: [{name: main, port: 80, %s}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        ---
        """
                .formatted(name, name, protocol, port);
    }

    private static String policy(String block) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: b}
        spec:
          targetRefs: [{kind: Service, name: b}]
          %s
        ---
        """
                .formatted(block);
    }
}
