// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.control.RunningControlPlane;
import dev.outrigger.conformance.generate.PolicyDocuments;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.FreePort;
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
 * -Doutrigger.policies=100} plays so many sets of 400 documents, {@code -Doutrigger.seed=7} begins
 * at another one.
 */
class GeneratedPoliciesIT {
    private static final int SERVICES = 100;

    @Test
    void bothProxiesTakeEveryAcceptedDocument(@TempDir Path folder) throws IOException {
        var oracle = Subjects.oracle();
        var subject = Subjects.subject();
        long first = Long.getLong("outrigger.seed", 1);
        int sets = Integer.getInteger("outrigger.policies", 5);
        var proxies = new ArrayList<RunningProxy>();
        try (var control = RunningControlPlane.start(folder.resolve("policies.db"))) {
            control.apply(sidecar("envoy", FreePort.next()) + sidecar("java", FreePort.next()));
            proxies.add(start(control, oracle, "a-0", Files.createDirectory(folder.resolve("a"))));
            proxies.add(start(control, subject, "a-1", Files.createDirectory(folder.resolve("b"))));
            for (long seed = first; seed < first + sets; seed++) {
                var report = control.awaitSync(control.apply(PolicyDocuments.of(seed, SERVICES)));
                assertThat(report.path("synced").asBoolean())
                        .as("seed %d: %s", seed, report)
                        .isTrue();
                assertThat(report.path("proxies")).hasSize(2);
            }
        } finally {
            proxies.forEach(RunningProxy::close);
        }
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
          outbound: {listeners: [{name: main, address: 127.0.0.1, port: %d, protocol: HTTP}]}
          accessLog: [%s]
        ---
        """
                .formatted(flavor, flavor, port, String.join(", ", formats));
    }
}
