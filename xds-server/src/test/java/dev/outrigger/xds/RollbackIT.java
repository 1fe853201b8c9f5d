// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static dev.outrigger.xds.testing.Documents.REFUSED_BY_ENVOY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.reconcile.RolloutOptions;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.RunningControlPlane;
import dev.outrigger.xds.testing.ScriptedUpstream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Envoy's refusal comes to in the real store, and a trial with a pair of Envoys. */
class RollbackIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    @Test
    void aRevisionThatEnvoyRefusesIsUndoneInTheStoreAndStaysSoAfterARestart() throws Exception {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(3);
        try (var upstream = new ScriptedUpstream(_ -> 200)) {
            int xds;
            try (var control =
                            RunningControlPlane.start(
                                    directory,
                                    options ->
                                            options.withRollout(
                                                    RolloutOptions.DEFAULT.withRollback(true)),
                                    ports.get(2));
                    var envoy = envoy("a-1", ports.get(0), control.xdsPort())) {
                xds = control.xdsPort();
                assertThat(control.isSynced(control.apply(good(ports.get(1), upstream.port()))))
                        .isTrue();

                long bad = control.apply(good(ports.get(1), upstream.port()) + REFUSED_BY_ENVOY);

                assertThat(control.isSynced(bad)).isFalse();
                Eventually.within(
                        PATIENCE,
                        () -> {
                            var last = control.get("/api/v1/revisions?limit=1").toString();
                            assertThat(last)
                                    .contains("outrigger", "Rolls back revision " + bad, "a-1")
                                    // In Envoy's own words.
                                    .contains("nobody.has.this");
                        });
                assertThat(control.isSynced(bad + 1)).isTrue();
                assertThat(control.get("/api/v1/xdsresources").toString()).doesNotContain("bad");
                assertThat(control.metrics()).contains("outrigger_rollbacks_total 1");
                assertThat(envoy.stat("cluster_manager.cds.update_rejected")).isEqualTo(1);
                assertThat(status(ports.get(1))).isEqualTo(200);
            }
            try (var again = RunningControlPlane.start(directory, options -> options, xds);
                    var envoy = envoy("a-1", ports.get(0), again.xdsPort())) {
                var revision = again.get("/api/v1/revisions?limit=1");
                assertThat(revision.toString()).contains("Rolls back revision");
                Eventually.within(PATIENCE, () -> assertThat(status(ports.get(1))).isEqualTo(200));
                assertThat(envoy.stat("cluster_manager.cds.update_rejected")).isZero();
            }
        }
    }

    @Test
    void whatEnvoyRefusedIsNotSentAgainByAControlPlaneThatStartsAgain() throws Exception {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(3);
        try (var upstream = new ScriptedUpstream(_ -> 200)) {
            long bad;
            try (var control =
                            RunningControlPlane.start(directory, options -> options, ports.get(2));
                    var _ = envoy("a-1", ports.get(0), control.xdsPort())) {
                assertThat(control.isSynced(control.apply(good(ports.get(1), upstream.port()))))
                        .isTrue();
                bad = control.apply(good(ports.get(1), upstream.port()) + REFUSED_BY_ENVOY);
                assertThat(control.isSynced(bad)).isFalse();
            }
            try (var again =
                            RunningControlPlane.start(directory, options -> options, ports.get(2));
                    var envoy = envoy("a-2", ports.get(0), again.xdsPort())) {
                var report = again.sync(bad);

                assertThat(report.getFieldsOrThrow("withheld").toString())
                        .contains("REFUSED", "nobody.has.this", "a-1");
                Eventually.within(PATIENCE, () -> assertThat(status(ports.get(1))).isEqualTo(200));
                assertThat(envoy.stat("cluster_manager.cds.update_rejected")).isZero();
                assertThat(again.metrics())
                        .doesNotContain("outrigger_xds_nacks_total{type=\"CDS\"} 1");
            }
        }
    }

    @Test
    void aTrialGoesFromOneEnvoyToTheOtherAndStopsWhereItIsRefused() throws Exception {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(5);
        try (var upstream = new ScriptedUpstream(_ -> 200);
                var moved = new ScriptedUpstream(_ -> 202);
                var control =
                        RunningControlPlane.start(
                                directory,
                                options ->
                                        options.withRollout(
                                                RolloutOptions.DEFAULT.withCanary(
                                                        50, Duration.ofMinutes(5))),
                                0);
                var one = envoy("a-1", ports.get(0), control.xdsPort());
                var two = envoy("a-2", ports.get(2), control.xdsPort())) {
            // They share a machine, so the listener is one that both can have.
            assertThat(control.isSynced(control.apply(shared(ports.get(4), upstream.port()))))
                    .isTrue();
            assertThat(status(ports.get(4))).isEqualTo(200);

            // From the share to all.
            assertThat(control.isSynced(control.apply(shared(ports.get(4), moved.port()))))
                    .isTrue();
            assertThat(status(ports.get(4))).isEqualTo(202);
            // Addresses alone are content as well, so there was a trial for them.
            assertThat(control.metrics())
                    .containsPattern("outrigger_xds_trials_total\\{event=\"accepted\"} [1-9]");

            // Not beyond the share.
            long bad = control.apply(shared(ports.get(4), moved.port()) + REFUSED_BY_ENVOY);
            assertThat(control.isSynced(bad)).isFalse();
            Eventually.within(
                    PATIENCE,
                    () ->
                            assertThat(control.metrics())
                                    .contains("outrigger_xds_trials_total{event=\"refused\"} 1"));
            assertThat(rejected(one) + rejected(two)).isEqualTo(1);
            // Something later that both have, and still only one was ever asked.
            assertThat(control.isSynced(control.apply(without(bad, ports.get(4), upstream.port()))))
                    .isTrue();
            assertThat(status(ports.get(4))).isEqualTo(200);
            assertThat(rejected(one) + rejected(two)).isEqualTo(1);
        }
    }

    private static long rejected(EnvoyProcess envoy) throws Exception {
        return envoy.stat("cluster_manager.cds.update_rejected");
    }

    private EnvoyProcess envoy(String id, int adminPort, int xdsPort) throws Exception {
        var bootstrap =
                new BootstrapTemplate(id, "a", Map.of(), adminPort, "127.0.0.1", xdsPort).toYaml();
        var folder = directory.resolve(id + "-" + adminPort);
        var envoy = EnvoyProcess.start(Files.createDirectories(folder), bootstrap, adminPort);
        envoy.awaitReady();
        return envoy;
    }

    private static int status(int egress) throws Exception {
        return EnvoyProcess.get(egress, "b.local.service", "/").statusCode();
    }

    private static String good(int egress, int upstream) {
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
        metadata: {name: a}
        spec:
          selector: {cluster: a}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: %d, protocol: HTTP}]}
        """
                .formatted(upstream, egress);
    }

    /** Envoy's listeners may share a port, as reuse_port is on by default. */
    private static String shared(int egress, int upstream) {
        return good(egress, upstream);
    }

    /** The bad document harmless, all others as they are. */
    private static String without(long revision, int egress, int upstream) {
        assertThat(revision).isPositive();
        return shared(egress, upstream)
                + """
                ---
                apiVersion: outrigger.dev/v1alpha1
                kind: XdsResources
                metadata: {name: bad}
                spec:
                  selector: {cluster: a}
                  resources:
                  - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                    name: bad
                    type: STATIC
                    connect_timeout: 1s
                """;
    }
}
