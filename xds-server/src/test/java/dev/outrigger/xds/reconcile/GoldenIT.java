// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.XdsEngine;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.FakePolicySource;
import dev.outrigger.xds.testing.GoldenCases;
import dev.outrigger.xds.testing.StaticBootstrap;
import dev.outrigger.xds.testing.Transitions;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real Envoy takes every golden: from a file, and live through every transition. */
class GoldenIT {
    @TempDir Path directory;

    static Stream<Path> cases() {
        return GoldenCases.all().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void envoyTakesTheResourcesFromAFile(Path folder) throws Exception {
        var resources =
                GoldenTest.resources(FakePolicySource.policies(GoldenCases.policies(folder)));
        var config =
                Files.writeString(
                        directory.resolve("static.json"),
                        GoldenCases.json(StaticBootstrap.of(resources)));

        assertThat(EnvoyProcess.validate(config)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void envoyTakesEveryCaseAfterEveryOther(String apiType) throws Exception {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(4);
        var policies = new FakePolicySource();
        var meters = new SimpleMeterRegistry();
        try (var engine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AdsOptions.DEFAULT,
                        policies,
                        meters,
                        InstantSource.system(),
                        new Random())) {
            var bootstrap =
                    new BootstrapTemplate(
                                    "a-1", "a", Map.of(), ports.get(0), "127.0.0.1", engine.port())
                            .toYaml()
                            .replace("DELTA_GRPC", apiType);
            try (var envoy = EnvoyProcess.start(directory, bootstrap, ports.get(0))) {
                envoy.awaitReady();
                for (Path folder : Transitions.between(GoldenCases.all(), new Random(7))) {
                    apply(folder, ports, policies, engine);
                }
                for (String stat : List.of("cluster_manager.cds", "listener_manager.lds")) {
                    assertThat(envoy.stat(stat + ".update_rejected")).as(stat).isZero();
                    assertThat(envoy.stat(stat + ".init_fetch_timeout")).as(stat).isZero();
                }
                assertThat(envoy.admin("/stats"))
                        .as("no cluster waited for endpoints in vain")
                        .doesNotContainPattern("init_fetch_timeout: [1-9]")
                        .doesNotContainPattern("update_rejected: [1-9]");
            }
        }
        assertThat(meters.get("outrigger.xds.nacks").tag("type", "RDS").counter().count()).isZero();
        assertThat(meters.get("outrigger.xds.snapshot.failures").counter().count()).isZero();
    }

    private static void apply(
            Path folder, List<Integer> ports, FakePolicySource policies, XdsEngine engine)
            throws Exception {
        var yaml =
                GoldenCases.policies(folder)
                        .replace("15006", ports.get(1).toString())
                        .replace("15001", ports.get(2).toString())
                        .replace("15002", ports.get(3).toString());

        var report = engine.status().awaitSync(policies.apply(yaml), Duration.ofSeconds(10));

        assertThat(report.synced()).as("%s: %s", folder, report).isTrue();
    }
}
