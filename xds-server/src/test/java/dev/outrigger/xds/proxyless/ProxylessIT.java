// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.proxyless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.policy.status.SyncReport;
import dev.outrigger.xds.XdsEngine;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import dev.outrigger.xds.testing.ScriptedUpstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients without a proxy and an Envoy, at the same time and on the same policies. A language whose
 * packages cannot be had is skipped, and the report says so; grpc-java comes with the build.
 */
@Timeout(900)
class ProxylessIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration RETURN = Duration.ofMinutes(2);
    private static final String B = "xds:///b.local.service";
    private static final String SAY = "/echo.Echo/Say";
    private static final String OTHER = "/echo.Other/Say";

    /** The clients. */
    enum Language {
        JAVA,
        GO,
        PYTHON
    }

    @TempDir Path directory;

    /** The same for all: grpc-java reads its bootstrap once. */
    private static int xdsPort;

    @BeforeAll
    static void choosePort() throws IOException {
        xdsPort = EnvoyProcess.freePorts(1).getFirst();
    }

    private final FakePolicySource policies = new FakePolicySource();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private @Nullable XdsEngine runningEngine;
    private @Nullable GrpcCaller runningCaller;
    private @Nullable EnvoyProcess runningEnvoy;

    @AfterEach
    void stop() {
        if (runningCaller != null) {
            runningCaller.close();
        }
        if (runningEnvoy != null) {
            runningEnvoy.close();
        }
        if (runningEngine != null) {
            runningEngine.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void obeysTheSamePoliciesAsAnEnvoyBesideIt(Language language) throws Exception {
        var ports = EnvoyProcess.freePorts(2);
        try (var one = new EchoServer("one");
                var two = new EchoServer("two");
                var web = new ScriptedUpstream(_ -> 200)) {
            startEngine();
            var mesh =
                    sidecar(ports.get(1))
                            + service("b", one.port())
                            + service("c", two.port())
                            + service("web", web.port());
            policies.apply(mesh);
            startEnvoy(ports.get(0));
            startCaller(language);

            // By the name alone and with the port: both are listeners.
            eventually(B, SAY, "OK one");
            eventually(B + ":80", SAY, "OK one");
            synced(policies.current().revision());
            assertThat(egress(ports.get(1))).isEqualTo(200);

            // Routed by method, in whole segments.
            synced(policies.apply(mesh + route("/echo.Other", "c")));
            eventually(B, OTHER, "OK two");
            assertThat(call(B, SAY)).isEqualTo("OK one");
            assertThat(egress(ports.get(1))).isEqualTo(200);

            // Retried where the policy says so for the only method there is.
            synced(policies.apply(mesh + retry()));
            Eventually.within(
                    PATIENCE,
                    () -> {
                        one.failNext(2);
                        assertThat(call(B, SAY)).isEqualTo("OK one");
                        assertThat(one.calls()).isEqualTo(3);
                    });

            // Without a policy nothing is repeated.
            synced(policies.apply(mesh));
            Eventually.within(
                    PATIENCE,
                    () -> {
                        one.failNext(1);
                        assertThat(call(B, SAY)).startsWith("FAILED").contains("told to");
                        assertThat(one.calls()).isEqualTo(1);
                    });

            // A service that is gone fails; when it is back it answers, from another host.
            var without = sidecar(ports.get(1)) + service("web", web.port());
            policies.apply(without);
            Eventually.within(PATIENCE, () -> assertThat(call(B, SAY)).startsWith("FAILED"));
            assertThat(egress(ports.get(1))).isEqualTo(200);
            policies.apply(without + service("b", two.port()));
            // grpc-java answers nothing of a type it asks for no name of, so stages wait in vain.
            Eventually.within(RETURN, () -> assertThat(call(B, SAY)).isEqualTo("OK two"));
            assertNobodyRefused();
        }
    }

    @Test
    void resolvesAHostNameItself() throws Exception {
        try (var one = new EchoServer("one")) {
            startEngine();
            policies.apply(
                    sidecar(15001)
                            + service("b", one.port())
                                    .replaceAll(
                                            "static: \\[.*]",
                                            "dns: {host: localhost, port: " + one.port() + "}"));
            startCaller(Language.JAVA);

            eventually(B, SAY, "OK one");
            assertNobodyRefused();
        }
    }

    @Test
    void whatItDoesNotAskForDoesNotConcernIt() throws Exception {
        try (var one = new EchoServer("one")) {
            startEngine();
            var mesh = sidecar(15001) + service("b", one.port());
            policies.apply(mesh);
            startCaller(Language.JAVA);
            eventually(B, SAY, "OK one");

            // A cluster of a type that it would refuse.
            var report =
                    engine().status()
                            .awaitSync(
                                    policies.apply(mesh + unknownToGrpc(one.port())),
                                    Duration.ofSeconds(10));

            assertThat(report.missing()).isEmpty(); // Nobody asks for it: nobody refuses it.
            assertThat(call(B, SAY)).isEqualTo("OK one");
        }
    }

    private void startEngine() throws IOException {
        runningEngine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), xdsPort),
                        AdsOptions.DEFAULT,
                        policies,
                        meters,
                        InstantSource.system(),
                        new Random());
    }

    private XdsEngine engine() {
        return Objects.requireNonNull(runningEngine, "started");
    }

    private void startEnvoy(int adminPort) throws Exception {
        EnvoyProcess.required();
        runningEnvoy =
                EnvoyProcess.start(
                        directory,
                        new BootstrapTemplate(
                                        "a-envoy",
                                        "a",
                                        Map.of(),
                                        adminPort,
                                        "127.0.0.1",
                                        engine().port())
                                .toYaml(),
                        adminPort);
        runningEnvoy.awaitReady();
    }

    private void startCaller(Language language) throws IOException {
        var bootstrap =
                """
                {"xds_servers": [{"server_uri": "127.0.0.1:%d",
                  "channel_creds": [{"type": "insecure"}], "server_features": ["xds_v3"]}],
                 "node": {"id": "a-grpc", "cluster": "a", "locality": {}}}
                """
                        .formatted(engine().port());
        runningCaller =
                switch (language) {
                    case JAVA -> new JavaCaller(bootstrap);
                    case GO -> program("go", ProgramCaller.go(), bootstrap);
                    case PYTHON -> program("python", ProgramCaller.python(), bootstrap);
                };
    }

    private GrpcCaller program(String language, Optional<List<String>> command, String bootstrap)
            throws IOException {
        assumeThat(command).as("packages for a gRPC client in %s", language).isPresent();
        return ProgramCaller.start(
                command.orElseThrow(), bootstrap, directory.resolve(language + ".log"));
    }

    private String call(String target, String method) throws IOException {
        return Objects.requireNonNull(runningCaller, "started").call(target, method);
    }

    private void eventually(String target, String method, String answer) throws Exception {
        Eventually.within(PATIENCE, () -> assertThat(call(target, method)).isEqualTo(answer));
    }

    private SyncReport synced(long revision) throws InterruptedException {
        var report = engine().status().awaitSync(revision, PATIENCE);
        assertThat(report.synced()).as("%s", report).isTrue();
        return report;
    }

    private void assertNobodyRefused() {
        assertThat(meters.get("outrigger.xds.nacks").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
        assertThat(engine().status().proxies())
                .filteredOn(proxy -> proxy.id().equals("a-grpc"))
                .singleElement()
                .satisfies(proxy -> {
                    assertThat(proxy.userAgent()).startsWith("gRPC");
                    assertThat(
                                    Objects.requireNonNull(
                                                    proxy.types()
                                                            .get(ResourceType.LISTENER.typeUrl()))
                                            .state())
                            .isIn(State.SYNCED, State.PENDING);
                });
    }

    private static int egress(int port) throws Exception {
        return EnvoyProcess.get(port, "web.local.service", "/").statusCode();
    }

    private static String sidecar(int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a}
        spec:
          selector: {cluster: a}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: %d}]}
        """
                .formatted(port);
    }

    private static String service(String name, int port) {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s}
        spec:
          hostnames: [%s.local.service]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        """
                .formatted(name, name, port);
    }

    private static String route(String prefix, String backend) {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: HTTPRoute
        metadata: {name: b-routes}
        spec:
          parentRefs: [{kind: Service, name: b}]
          rules:
          - name: other
            matches: [{path: {type: PathPrefix, value: %s}}]
            backendRefs: [{name: %s, port: 80}]
          - name: reads
            matches: [{path: {type: PathPrefix, value: /}, method: GET}]
            backendRefs: [{name: c, port: 80}]
          - name: rest
            backendRefs: [{name: b, port: 80, weight: 3}, {name: b, port: 80, weight: 1}]
        """
                .formatted(prefix, backend);
    }

    private static String retry() {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: b-retries}
        spec:
          targetRefs: [{kind: Service, name: b}]
          retry: {attempts: 2, codes: [503], methods: ["*"], backoff: 5ms}
          timeouts: {request: 4s}
        """;
    }

    private static String unknownToGrpc(int port) {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: XdsResources
        metadata: {name: raw}
        spec:
          selector: {cluster: a}
          resources:
          - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
            name: nobody-asks
            type: STATIC
            load_assignment:
              cluster_name: nobody-asks
              endpoints:
              - lb_endpoints:
                - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
        """
                .formatted(port);
    }
}
