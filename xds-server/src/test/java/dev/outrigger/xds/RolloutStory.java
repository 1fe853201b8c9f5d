// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.policy.status.SyncReport;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.memory.RolloutFiles;
import dev.outrigger.xds.reconcile.RolloutMemory;
import dev.outrigger.xds.reconcile.RolloutOptions;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import dev.outrigger.xds.testing.ScriptedXdsClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A control plane without a store, and scripted clients of it. */
abstract class RolloutStory {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final Duration SOON = Duration.ofMillis(300);
    static final PolicyId B = new PolicyId("Service", "default", "b");
    static final String CDS = ResourceType.CLUSTER.typeUrl();
    static final String RDS = ResourceType.ROUTE.typeUrl();

    final FakePolicySource policies = new FakePolicySource();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
    final InstantSource clock = () -> Objects.requireNonNull(now.get());
    final List<String> undone = new CopyOnWriteArrayList<>();
    final List<ScriptedXdsClient> clients = new ArrayList<>();
    @Nullable XdsEngine runningEngine;
    RolloutMemory memory = RolloutMemory.NONE;

    @AfterEach
    void stop() {
        clients.forEach(ScriptedXdsClient::close);
        stopEngine();
    }

    void start(RolloutOptions rollout) throws IOException {
        start(rollout, RolloutMemory.NONE);
    }

    void start(RolloutOptions rollout, RolloutMemory known) throws IOException {
        memory = known;
        runningEngine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        XdsEngine.Options.of(AdsOptions.DEFAULT)
                                .withRollout(rollout)
                                .withMemory(known),
                        policies,
                        (revision, reason) -> undone.add(revision + " " + reason),
                        meters,
                        clock,
                        new Random(1));
    }

    void stopEngine() {
        engine().close();
        if (memory instanceof RolloutFiles files) {
            files.close();
        }
    }

    SyncReport synced(long revision, String... connecting) throws Exception {
        for (String id : connecting) {
            connect(id);
        }
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(engine().status().proxies())
                                .filteredOn(ProxyStatus::connected)
                                .hasSameSizeAs(clients)
                                .allSatisfy(proxy ->
                                        assertThat(rds(proxy).state())
                                                .isIn(State.SYNCED, State.HELD, State.REJECTED)));
        return engine().status().awaitSync(revision, PATIENCE);
    }

    ScriptedXdsClient connect(String id) {
        return connect(id, _ -> {});
    }

    ScriptedXdsClient connect(String id, java.util.function.Consumer<ScriptedXdsClient> script) {
        var client = new ScriptedXdsClient(engine().port(), id, "a");
        script.accept(client);
        clients.add(client);
        client.start("outbound/http", "default/b/80");
        return client;
    }

    void restart(String id) {
        var old = client(id);
        old.close();
        clients.remove(old);
        connect(id);
    }

    ScriptedXdsClient client(String id) {
        return clients.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
    }

    XdsEngine engine() {
        return Objects.requireNonNull(runningEngine, "started");
    }

    static ProxyStatus.TypeStatus rds(ProxyStatus proxy) {
        return Objects.requireNonNull(proxy.types().get(RDS), RDS);
    }

    ProxyStatus status(String id) {
        var found =
                engine().status().proxies().stream()
                        .filter(proxy -> proxy.id().equals(id))
                        .findFirst();
        assertThat(found).as(id).isPresent();
        return found.orElseThrow();
    }
}
