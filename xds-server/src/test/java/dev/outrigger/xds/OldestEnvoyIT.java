// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.envoy.Envoy;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.FakePolicySource;
import dev.outrigger.xds.testing.GoldenCases;
import dev.outrigger.xds.testing.ScriptedUpstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The oldest Envoy that must work and the newest, at the same time and on the same policies. */
class OldestEnvoyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private final FakePolicySource policies = new FakePolicySource();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @ParameterizedTest
    @CsvSource({"DELTA_GRPC, GRPC", "GRPC, DELTA_GRPC"})
    void bothAnswerTheSameWayThroughEveryChange(String oldest, String newest) throws Exception {
        var ports = EnvoyProcess.freePorts(4);
        try (var upstream = new ScriptedUpstream(n -> n % 2 == 0 ? 200 : 503);
                var moved = new ScriptedUpstream(_ -> 202);
                var engine = start()) {
            policies.apply(mesh(ports, upstream.port(), ""));
            try (var old = start(EnvoyProcess.oldest(), "old", oldest, ports.get(0), engine);
                    var young =
                            start(EnvoyProcess.required(), "new", newest, ports.get(1), engine)) {
                synced(engine);
                for (int egress : List.of(ports.get(2), ports.get(3))) {
                    assertThat(status(egress)).isEqualTo(503);
                    assertThat(status(egress)).isEqualTo(200);
                }

                policies.apply(mesh(ports, upstream.port(), RETRY));
                synced(engine);
                for (int egress : List.of(ports.get(2), ports.get(3))) {
                    assertThat(status(egress)).isEqualTo(200);
                }

                policies.apply(mesh(ports, moved.port(), RETRY));
                synced(engine);
                for (int egress : List.of(ports.get(2), ports.get(3))) {
                    assertThat(status(egress)).isEqualTo(202);
                }

                for (var envoy : List.of(old, young)) {
                    assertThat(envoy.admin("/stats"))
                            .doesNotContainPattern("update_rejected: [1-9]")
                            .doesNotContainPattern("init_fetch_timeout: [1-9]");
                }
                assertThat(old.admin("/server_info")).contains("/1.36.4/");
            }
        }
        assertThat(meters.find("outrigger.xds.nacks").counters())
                .allSatisfy(counter -> assertThat(counter.count()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void theOldestTakesEveryGolden(String apiType) throws Exception {
        var oldest = EnvoyProcess.oldest();
        var ports = EnvoyProcess.freePorts(4);
        try (var engine = start();
                var envoy = start(oldest, "old", apiType, ports.get(0), engine)) {
            for (Path folder : GoldenCases.all()) {
                var report =
                        engine.status()
                                .awaitSync(
                                        policies.apply(
                                                GoldenCases.policies(folder)
                                                        .replace("15006", ports.get(1).toString())
                                                        .replace("15001", ports.get(2).toString())
                                                        .replace("15002", ports.get(3).toString())),
                                        PATIENCE);
                assertThat(report.synced()).as("%s: %s", folder, report).isTrue();
            }
            assertThat(envoy.admin("/stats"))
                    .doesNotContainPattern("update_rejected: [1-9]")
                    .doesNotContainPattern("init_fetch_timeout: [1-9]");
        }
    }

    private XdsEngine start() throws Exception {
        return XdsEngine.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                AdsOptions.DEFAULT,
                policies,
                meters,
                InstantSource.system(),
                new Random());
    }

    private EnvoyProcess start(
            Envoy envoy, String flavor, String apiType, int adminPort, XdsEngine engine)
            throws Exception {
        var bootstrap =
                new BootstrapTemplate(
                                "a-" + flavor,
                                "a",
                                Map.of("flavor", flavor),
                                adminPort,
                                "127.0.0.1",
                                engine.port())
                        .toYaml()
                        .replace("DELTA_GRPC", apiType);
        var process =
                EnvoyProcess.start(
                        envoy,
                        Files.createDirectory(directory.resolve(flavor)),
                        bootstrap,
                        adminPort);
        process.awaitReady();
        return process;
    }

    private void synced(XdsEngine engine) throws Exception {
        var report = engine.status().awaitSync(policies.current().revision(), PATIENCE);
        assertThat(report.synced()).as("%s", report).isTrue();
        assertThat(report.proxies()).hasSize(2);
    }

    private static int status(int egress) throws Exception {
        return EnvoyProcess.get(egress, "b.local.service", "/").statusCode();
    }

    private static final String RETRY =
            """
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: TrafficPolicy
            metadata: {name: retry-b}
            spec:
              targetRefs: [{kind: Service, name: b}]
              retry: {attempts: 2, codes: ["5xx"], backoff: 5ms}
              timeouts: {request: 5s}
            """;

    private static String mesh(List<Integer> ports, int upstream, String more) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: b}
        spec:
          hostnames: [b.local.service]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: old}
        spec:
          selector: {cluster: a, labels: {flavor: old}}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: %d, protocol: HTTP}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: new}
        spec:
          selector: {cluster: a, labels: {flavor: new}}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: %d, protocol: HTTP}]}
        """
                        .formatted(upstream, ports.get(2), ports.get(3))
                + more;
    }
}
