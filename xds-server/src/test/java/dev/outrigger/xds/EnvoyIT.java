// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static dev.outrigger.xds.testing.Documents.REFUSED_BY_ENVOY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import dev.outrigger.xds.testing.ScriptedUpstream;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real Envoy on our xDS server, driven by policies, in both variants. */
class EnvoyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private final FakePolicySource policies = new FakePolicySource();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private int adminPort;
    private int egressPort;
    private int ingressPort;
    private @Nullable XdsEngine runningEngine;
    private @Nullable EnvoyProcess runningEnvoy;

    @BeforeEach
    void findPorts() throws IOException {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(3);
        adminPort = ports.get(0);
        egressPort = ports.get(1);
        ingressPort = ports.get(2);
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

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void policiesAnswerTraffic(String apiType) throws Exception {
        try (var flaky = new ScriptedUpstream(n -> n % 3 == 0 ? 200 : 503);
                var app = new ScriptedUpstream(_ -> 201)) {
            start(0);
            var withoutRetry = service(flaky.port()) + sidecar(app.port());
            policies.apply(withoutRetry);
            startEnvoy(apiType);
            synced(policies.current().revision());

            assertThat(status("GET", "b.local.service")).isEqualTo(503);
            assertThat(flaky.requests()).isEqualTo(1);

            synced(policies.apply(withoutRetry + retry()));

            // Requests 2 and 3 at the upstream: one refused, one retried successfully.
            assertThat(status("GET", "b.local.service")).isEqualTo(200);
            assertThat(flaky.requests()).isEqualTo(3);
            assertThat(envoy().stat("cluster.default/b/80.upstream_rq_retry")).isEqualTo(1);
            // A POST is not repeated: 4 is refused and stays refused.
            assertThat(status("POST", "b.local.service:80")).isEqualTo(503);
            assertThat(flaky.requests()).isEqualTo(4);
            assertThat(status("GET", "nobody.local")).isEqualTo(404);
            assertThat(EnvoyProcess.get(ingressPort, "whatever", "/").statusCode()).isEqualTo(201);
            assertNothingRejected();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void whatIsRemovedIsGoneAndWhatIsBackIsBack(String apiType) throws Exception {
        try (var app = new ScriptedUpstream(_ -> 200)) {
            start(0);
            policies.apply(sidecar(app.port()) + service(app.port()));
            startEnvoy(apiType);
            synced(policies.current().revision());
            assertThat(status("GET", "b.local.service")).isEqualTo(200);

            synced(policies.apply(sidecar(app.port())));
            assertThat(status("GET", "b.local.service")).isEqualTo(404);
            assertThat(envoy().admin("/clusters")).doesNotContain("default/b/80");

            synced(policies.apply(sidecar(app.port()) + service(app.port())));
            assertThat(status("GET", "b.local.service")).isEqualTo(200);
            assertNothingRejected();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void aChangedClusterGetsItsEndpointsAgainAndServesAtOnce(String apiType) throws Exception {
        try (var old = new ScriptedUpstream(_ -> 200);
                var moved = new ScriptedUpstream(_ -> 202)) {
            start(0);
            policies.apply(sidecar(old.port()) + service(old.port()));
            startEnvoy(apiType);
            synced(policies.current().revision());
            assertThat(status("GET", "b.local.service")).isEqualTo(200);

            // From EDS to DNS and back: the cluster itself changes each time.
            synced(policies.apply(sidecar(old.port()) + dnsService(moved.port())));
            assertThat(status("GET", "b.local.service")).isEqualTo(202);
            synced(policies.apply(sidecar(old.port()) + service(old.port())));
            assertThat(status("GET", "b.local.service")).isEqualTo(200);

            assertThat(envoy().admin("/stats")).doesNotContainPattern("init_fetch_timeout: [1-9]");
            assertNothingRejected();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void aRestartedControlPlaneSendsNothingThatDidNotChange(String apiType) throws Exception {
        try (var app = new ScriptedUpstream(_ -> 200)) {
            start(0);
            policies.apply(sidecar(app.port()) + service(app.port()) + retry());
            startEnvoy(apiType);
            synced(policies.current().revision());
            int port = engine().port();
            engine().close();
            assertThat(status("GET", "b.local.service")).isEqualTo(200);
            meters.clear();

            start(port);

            Eventually.within(
                    PATIENCE,
                    () -> {
                        var report = engine().status().awaitSync(1, PATIENCE);
                        assertThat(report.proxies())
                                .singleElement()
                                .satisfies(proxy ->
                                        assertThat(proxy.types().values())
                                                .allSatisfy(type ->
                                                        assertThat(type.state())
                                                                .isEqualTo(State.SYNCED)));
                    });
            assertThat(sent()).isZero();

            // And what does change is sent, and only that.
            synced(policies.apply(sidecar(app.port()) + service(app.port())));
            assertThat(sent()).isEqualTo(1);
            assertNothingRejected();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void aRefusalIsAttributedOnceAndTheProxyKeepsItsConfiguration(String apiType) throws Exception {
        try (var app = new ScriptedUpstream(_ -> 200)) {
            start(0);
            var good = sidecar(app.port()) + service(app.port());
            policies.apply(good);
            startEnvoy(apiType);
            synced(policies.current().revision());

            long bad = policies.apply(good + REFUSED_BY_ENVOY);
            var report = engine().status().awaitSync(bad, PATIENCE);

            assertThat(report.synced()).isFalse();
            var type =
                    Objects.requireNonNull(
                            report.proxies()
                                    .getFirst()
                                    .types()
                                    .get(ResourceType.CLUSTER.typeUrl()));
            assertThat(type.state()).isEqualTo(State.REJECTED);
            assertThat(type.rejection()).isPresent();
            assertThat(type.rejection().get().resources()).containsExactly("bad");
            assertThat(type.rejection().get().policies())
                    .containsExactly(new PolicyId("XdsResources", "default", "bad"));
            assertThat(status("GET", "b.local.service")).isEqualTo(200);
            // A barrier that comes later: the next revision is accepted, one refusal was all.
            synced(policies.apply(good));
            assertThat(meters.get("outrigger.xds.nacks").tag("type", "CDS").counter().count())
                    .isEqualTo(1);
        }
    }

    private long sent() {
        return (long)
                meters.find("outrigger.xds.resources.sent").counters().stream()
                        .mapToDouble(counter -> counter.count())
                        .sum();
    }

    private static String dnsService(int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: b}
        spec:
          hostnames: [b.local.service]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {dns: {host: localhost, port: %d}}
        ---
        """
                .formatted(port);
    }

    private void assertNothingRejected() throws Exception {
        for (String type : new String[] {"cluster_manager.cds", "listener_manager.lds"}) {
            assertThat(envoy().stat(type + ".update_rejected")).isZero();
        }
        assertThat(meters.find("outrigger.xds.nacks").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
    }

    private XdsEngine engine() {
        return Objects.requireNonNull(runningEngine, "not started");
    }

    private EnvoyProcess envoy() {
        return Objects.requireNonNull(runningEnvoy, "not started");
    }

    private int status(String method, String host) throws Exception {
        return EnvoyProcess.send(egressPort, host, method, "/quotes").statusCode();
    }

    private void synced(long revision) throws Exception {
        var report = engine().status().awaitSync(revision, PATIENCE);
        assertThat(report.synced()).as("%s", report).isTrue();
        assertThat(report.proxies())
                .anySatisfy(proxy ->
                        assertThat(proxy.types().values())
                                .allSatisfy(
                                        type -> assertThat(type.state()).isEqualTo(State.SYNCED)));
    }

    private void start(int port) throws IOException {
        runningEngine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        AdsOptions.DEFAULT,
                        policies,
                        meters,
                        InstantSource.system(),
                        new Random());
    }

    private void startEnvoy(String apiType) throws Exception {
        var bootstrap =
                new BootstrapTemplate(
                                "a-1",
                                "a",
                                Map.of("flavor", "envoy"),
                                adminPort,
                                "127.0.0.1",
                                engine().port())
                        .toYaml()
                        .replace("DELTA_GRPC", apiType);
        runningEnvoy = EnvoyProcess.start(directory, bootstrap, adminPort);
        envoy().awaitReady();
    }

    private static String service(int port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: b}
        spec:
          hostnames: [b.local.service]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        ---
        """
                .formatted(port);
    }

    private String sidecar(int appPort) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a}
        spec:
          selector: {cluster: a, labels: {flavor: envoy}}
          inbound: [{name: app, address: 127.0.0.1, listenPort: %d, appPort: %d}]
          outbound:
            listeners: [{name: http, address: 127.0.0.1, port: %d, protocol: HTTP}]
        ---
        """
                .formatted(ingressPort, appPort, egressPort);
    }

    private static String retry() {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: retry-b}
        spec:
          targetRefs: [{kind: Service, name: b}]
          retry: {attempts: 2, codes: ["5xx"], backoff: 5ms}
        ---
        """;
    }
}
