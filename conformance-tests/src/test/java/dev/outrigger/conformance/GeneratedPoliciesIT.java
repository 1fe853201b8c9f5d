// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.control.RunningControlPlane;
import dev.outrigger.conformance.generate.PolicyDocuments;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.FreePort;
import dev.outrigger.policy.kind.capability.Capabilities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever documents are accepted, both proxies take what becomes of them: many are written at
 * once, each set in the place of the one before, and nothing is refused. {@code
 * -Doutrigger.policies=100} plays so many sets of 401 documents, {@code -Doutrigger.seed=7} begins
 * at another one.
 */
class GeneratedPoliciesIT {
    private static final int SERVICES = 100;

    @Test
    void bothProxiesTakeEveryAcceptedDocument(@TempDir Path folder) throws IOException {
        var oracle = Subjects.oracle();
        var subject = Subjects.subject();
        var proxies = new ArrayList<RunningProxy>();
        try (var control = RunningControlPlane.start(folder.resolve("policies.db"))) {
            control.apply(sidecar("envoy", FreePort.next()) + sidecar("java", FreePort.next()));
            proxies.add(start(control, oracle, "a-0", Files.createDirectory(folder.resolve("a"))));
            proxies.add(start(control, subject, "a-1", Files.createDirectory(folder.resolve("b"))));
            play(control, PolicyDocuments.For.ANY_PROXY, 2);
        } finally {
            proxies.forEach(RunningProxy::close);
        }
    }

    @Test
    void envoyTakesEveryDocumentThatIsAcceptedForItAlone(@TempDir Path folder) throws IOException {
        var oracle = Subjects.oracle();
        try (var control =
                RunningControlPlane.start(folder.resolve("policies.db"), Capabilities.ENVOY_ONLY)) {
            control.apply(
                    sidecar("envoy", FreePort.next())
                            .replace("protocol: HTTP}", "protocol: HTTP, maxConnections: 100}")
                            .replace("outbound: {", "outbound: {unknownHosts: passthrough, "));
            try (var _ =
                    start(control, oracle, "a-0", Files.createDirectory(folder.resolve("a")))) {
                play(control, PolicyDocuments.For.ENVOY, 1);
            }
        }
    }

    private static void play(RunningControlPlane control, PolicyDocuments.For proxies, int count)
            throws IOException {
        long first = Long.getLong("outrigger.seed", 1);
        int sets = Integer.getInteger("outrigger.policies", 5);
        int documents = 0;
        for (long seed = first; seed < first + sets; seed++) {
            var text = PolicyDocuments.of(seed, SERVICES, proxies);
            var report = control.awaitSync(control.apply(text));
            assertThat(report.path("synced").asBoolean()).as("seed %d: %s", seed, report).isTrue();
            assertThat(report.path("proxies")).hasSize(count);
            documents += text.split("(?m)^---$").length - 1;
        }
        // For the totals in docs/generated-testing.md.
        System.out.printf(
                "generated policies: %s seeds %d..%d, %d documents, no refusal%n",
                proxies, first, first + sets - 1, documents);
    }

    private static RunningProxy start(
            RunningControlPlane control, ProxyUnderTest proxy, String id, Path folder)
            throws IOException {
        var bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, control.bootstrap(proxy.flavor(), id));
        return proxy.start(bootstrap, folder);
    }

    /** One for each proxy, as two processes of one machine cannot have the same port. */
    private static String sidecar(String flavor, int port) {
        var formats =
                List.of(
                        "{file: /dev/null}",
                        "{file: /dev/null, text: \"%REQ(:PATH)% 100%%\", minStatus: 500}",
                        "{file: /dev/null, json: {a: \"%DURATION%\"}, minDuration: 1s}");
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: %s}
        spec:
          selector: {cluster: a, labels: {flavor: %s}}
          locality: {region: eu, zone: z1}
          outbound: {listeners: [{name: main, address: 127.0.0.1, port: %d, protocol: HTTP}]}
          accessLog: [%s]
        ---
        """
                .formatted(flavor, flavor, port, String.join(", ", formats));
    }
}
