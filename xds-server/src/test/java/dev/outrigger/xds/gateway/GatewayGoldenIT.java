// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.kind.xdsresources.RawResources;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.RunningControlPlane;
import dev.outrigger.xds.testing.StaticBootstrap;
import dev.outrigger.xds.testing.Transitions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What another control plane gives its Envoys, as documents in our store: a real Envoy takes each
 * set exactly if it takes it from a file, whatever set it had before.
 *
 * <p>{@code -Dgateway.transitions=all} goes from every set to every other, which takes some
 * minutes; otherwise a part of that way is gone, each set included.
 */
class GatewayGoldenIT {
    private static final int SOME = 300;

    @TempDir Path directory;

    private final Map<Integer, Integer> ports = new HashMap<>();
    private List<Integer> supply = List.of();

    @BeforeAll
    static void setsAreThere() {
        assumeTrue(
                GatewaySets.areThere(),
                "no ../shared/data/envoy-gateway-golden: its sets are NOT loaded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void envoyTakesASetWhereItTakesItFromAFile(String apiType) throws Exception {
        EnvoyProcess.required();
        supply = steadyPorts(20);
        var documents = new LinkedHashMap<String, String>();
        var unknown = new ArrayList<String>();
        var refusedFromFile = new TreeMap<String, String>();
        for (String name : GatewaySets.names()) {
            var document = GatewaySets.document(name, ports, supply);
            var policies = GatewaySets.policies(document);
            if (policies.isEmpty()) {
                unknown.add(name);
                continue;
            }
            var problem = fromFile(name, policies.get());
            documents.put(name, document);
            if (!problem.isEmpty()) {
                refusedFromFile.put(name, problem);
            }
        }
        var wrong = new ArrayList<String>();
        try (var control = RunningControlPlane.start(directory, options -> options, 0);
                var envoy = envoy(apiType, control.xdsPort())) {
            var before = "nothing";
            for (String name : way(List.copyOf(documents.keySet()))) {
                var answer = control.tryApply(documents.getOrDefault(name, ""));
                if (answer.statusCode() != 200) {
                    wrong.add(before + " -> " + name + ": " + answer.body());
                    continue;
                }
                long revision = control.revision(answer);
                var report = control.sync(revision);
                boolean taken = report.getFieldsOrThrow("synced").getBoolValue();
                if (taken == refusedFromFile.containsKey(name)) {
                    wrong.add(
                            before
                                    + " -> "
                                    + name
                                    + ": "
                                    + (taken ? refusedFromFile.get(name) : report.toString()));
                }
                before = name;
            }
            assertThat(wrong).isEmpty();
            assertThat(envoy.admin("/stats"))
                    .as("nothing waited in vain")
                    .doesNotContainPattern("(cds|lds|eds)\\S*init_fetch_timeout: [1-9]");
        }
        // Fields that are younger than the API we are built with; refused with their places.
        assertThat(unknown)
                .containsExactly(
                        "api-key-auth",
                        "geoip-authorization-direct-source-ip",
                        "load-balancer",
                        "service-cluster");
        // Few enough to be read: a suite that refuses everything proves nothing.
        assertThat(refusedFromFile.keySet()).as("%s", refusedFromFile).hasSizeLessThan(8);
    }

    /**
     * Ports that nobody is given by chance: they are free while a set without them is loaded, and
     * must still be when the next one has them.
     */
    private static List<Integer> steadyPorts(int count) {
        var found = new ArrayList<Integer>();
        for (int port = 12_000 + new Random().nextInt(15_000); found.size() < count; port++) {
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                found.add(port);
            } catch (IOException e) {
                // Somebody's: the next one will do.
            }
        }
        return found;
    }

    private String fromFile(String name, PolicySet policies) throws Exception {
        var resources =
                policies.all(XdsResourcesSpec.class).stream()
                        .flatMap(policy -> RawResources.read(policy).stream())
                        .toList();
        var config =
                Files.write(
                        directory.resolve(name + ".pb"),
                        StaticBootstrap.of(resources).toByteArray());
        return EnvoyProcess.validate(config);
    }

    /** A way over every ordered pair of sets, or over some of them. */
    private static List<String> way(List<String> names) {
        var way = Transitions.between(names, new Random(7));
        if (System.getProperty("gateway.transitions", "").equals("all")) {
            return way;
        }
        var some = new ArrayList<>(names);
        some.addAll(way.subList(0, SOME - names.size()));
        return some;
    }

    private EnvoyProcess envoy(String apiType, int xdsPort) throws Exception {
        var admin = EnvoyProcess.freePorts(1).getFirst();
        var bootstrap =
                new BootstrapTemplate("a-1", "a", Map.of(), admin, "127.0.0.1", xdsPort)
                        .toYaml()
                        .replace("DELTA_GRPC", apiType);
        var envoy =
                EnvoyProcess.start(
                        Files.createDirectory(directory.resolve("envoy")), bootstrap, admin);
        envoy.awaitReady();
        return envoy;
    }
}
