// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.control.RunningControlPlane;
import dev.outrigger.conformance.generate.PolicyDocuments;
import dev.outrigger.conformance.generate.PolicyRun;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever documents are accepted, both proxies take what becomes of them, and it is what the plan
 * of the write said: many are written at once, each set in the place of the one before. {@code
 * -Doutrigger.policies=100} plays so many sets of some 400 documents, {@code -Doutrigger.seed=7}
 * begins at another one, {@code -Doutrigger.policies.minutes=30} ends earlier. A line for each set
 * goes to {@code target/generated/policies.txt}.
 */
class GeneratedPoliciesIT {
    private static final int SERVICES = 100;
    private static final int SETS = Integer.getInteger("outrigger.policies", 5);
    private static final long FIRST_SEED = Long.getLong("outrigger.seed", 1);
    private static final Duration BUDGET =
            Duration.ofMinutes(Long.getLong("outrigger.policies.minutes", 60));
    private static final Path TOTALS = Path.of("target", "generated", "policies.txt");

    @Test
    void bothProxiesTakeEveryAcceptedDocument(@TempDir Path folder) throws IOException {
        int forEnvoy = FreePort.next();
        int forJava = FreePort.next();
        var running = new ArrayList<RunningProxy>();
        try (var control = RunningControlPlane.start(folder.resolve("policies.db"))) {
            control.apply(
                    PolicyDocuments.sidecar(FIRST_SEED, "envoy", forEnvoy)
                            + PolicyDocuments.sidecar(FIRST_SEED, "java", forJava));
            running.add(start(control, Subjects.oracle(), "a-0", folder.resolve("a")));
            running.add(start(control, Subjects.subject(), "a-1", folder.resolve("b")));
            var totals =
                    new PolicyRun(control, List.of("a-0", "a-1"), TOTALS)
                            .run(
                                    new PolicyRun.Settings(FIRST_SEED, SETS, SERVICES, BUDGET),
                                    seed ->
                                            PolicyDocuments.sidecar(seed, "envoy", forEnvoy)
                                                    + PolicyDocuments.sidecar(
                                                            seed, "java", forJava));
            check(totals);
        } finally {
            running.forEach(RunningProxy::close);
        }
    }

    private static void check(PolicyRun.Totals totals) {
        // For the totals in docs/generated-testing.md.
        System.out.println("generated policies: " + totals);
        assertThat(totals.failures()).isEmpty();
        assertThat(totals.documents()).isPositive();
        assertThat(totals.compared()).isEqualTo(totals.sets() - 1);
    }

    private static RunningProxy start(
            RunningControlPlane control, ProxyUnderTest proxy, String id, Path folder)
            throws IOException {
        var bootstrap = Files.createDirectories(folder).resolve("bootstrap.yaml");
        Files.writeString(bootstrap, control.bootstrap(proxy.flavor(), id));
        return proxy.start(bootstrap, folder);
    }
}
