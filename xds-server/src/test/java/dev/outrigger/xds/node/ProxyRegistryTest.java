// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.node.StreamListener.Nack;
import dev.outrigger.xds.node.StreamListener.TypeState;
import dev.outrigger.xds.resource.ResourceType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProxyRegistryTest {
    private static final PolicyId SIDECAR = new PolicyId("Sidecar", "default", "a");
    private static final Duration AT_ONCE = Duration.ZERO;

    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final ProxyRegistry registry =
            new ProxyRegistry(
                    () -> now,
                    new ProxyRegistry.Retention(Duration.ofMinutes(10), 2),
                    new SimpleMeterRegistry());

    @Test
    void aRevisionIsSyncedOnceEveryMatchingProxyHasAnswered() throws Exception {
        var session = open("a-1");
        registry.published(7);
        session.state(ResourceType.ROUTE, new TypeState(State.PENDING, "v", ""));
        session.evaluated(7, 7, List.of(SIDECAR));
        assertThat(registry.awaitSync(7, AT_ONCE).synced()).isFalse();
        var waiting =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return registry.awaitSync(7, Duration.ofSeconds(20));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });

        session.state(ResourceType.ROUTE, new TypeState(State.SYNCED, "v", "v"));

        var report = waiting.get(10, TimeUnit.SECONDS);
        assertThat(report.synced()).isTrue();
        assertThat(report.publishedRevision()).isEqualTo(7);
        assertThat(report.proxies()).extracting(ProxyStatus::id).containsExactly("a-1");
    }

    @Test
    void aRefusalEndsTheWaitWithoutSync() throws Exception {
        var session = open("a-1");
        registry.published(7);
        session.rejected(
                ResourceType.ROUTE,
                new Nack(
                        "v",
                        "no",
                        new TreeMap<>(Map.of("r", "v")),
                        new TreeSet<>(List.of(SIDECAR))));
        session.state(ResourceType.ROUTE, new TypeState(State.REJECTED, "v", "u"));
        session.evaluated(7, 7, List.of(SIDECAR));

        var report = registry.awaitSync(7, Duration.ofSeconds(20));

        assertThat(report.synced()).isFalse();
        assertThat(report.proxies()).hasSize(1);
        var type = status("a-1", ResourceType.ROUTE);
        assertThat(type.rejection()).isPresent();
        assertThat(type.rejection().get().policies()).containsExactly(SIDECAR);
        // Once accepted again, the refusal is history.
        session.state(ResourceType.ROUTE, new TypeState(State.SYNCED, "u", "u"));
        assertThat(status("a-1", ResourceType.ROUTE).rejection()).isEmpty();
    }

    @Test
    void aRevisionNobodyPublishedIsNotSynced() throws Exception {
        registry.published(6);

        assertThat(registry.awaitSync(7, AT_ONCE).synced()).isFalse();
        assertThat(registry.awaitSync(6, AT_ONCE).synced()).isTrue();
    }

    @Test
    void aProxyThatNoDocumentSelectsIsNotAskedAfter() throws Exception {
        open("stranger").evaluated(7, 7, List.of());
        registry.published(7);

        assertThat(registry.awaitSync(7, AT_ONCE).proxies()).isEmpty();
        assertThat(registry.proxies()).hasSize(1);
    }

    @Test
    void agesCountFromTheChangeOfState() {
        var session = open("a-1");
        session.state(ResourceType.ROUTE, new TypeState(State.PENDING, "v", ""));
        var began = now;
        now = now.plusSeconds(5);
        session.state(ResourceType.ROUTE, new TypeState(State.PENDING, "w", ""));

        assertThat(status("a-1", ResourceType.ROUTE).since()).isEqualTo(began);
        assertThat(status("a-1", ResourceType.CLUSTER).state()).isEqualTo(State.NOT_SUBSCRIBED);
    }

    @Test
    void theDisconnectedAreRememberedForAWhileAndInALimitedNumber() {
        var first = open("a-1");
        first.state(ResourceType.ROUTE, new TypeState(State.SYNCED, "v", "v"));
        first.close();
        assertThat(status("a-1", ResourceType.ROUTE).state()).isEqualTo(State.DISCONNECTED);
        assertThat(status("a-1", ResourceType.ROUTE).acceptedVersion()).isEqualTo("v");

        for (String id : List.of("a-2", "a-3")) {
            now = now.plusSeconds(1);
            open(id).close();
        }
        assertThat(registry.proxies()).extracting(ProxyStatus::id).containsExactly("a-2", "a-3");

        now = now.plus(Duration.ofMinutes(11));
        assertThat(registry.proxies()).isEmpty();
    }

    @Test
    void aReconnectedProxyIsOneProxy() {
        var old = open("a-1");
        var fresh = open("a-1");
        fresh.state(ResourceType.ROUTE, new TypeState(State.SYNCED, "v", "v"));

        old.close();

        assertThat(registry.proxies())
                .singleElement()
                .satisfies(proxy -> assertThat(proxy.connected()).isTrue());
        assertThat(status("a-1", ResourceType.ROUTE).state()).isEqualTo(State.SYNCED);
    }

    private ProxySession open(String id) {
        return registry.open(new NodeIdentity(id, "a", Map.of(), "envoy 1.40.0"), "127.0.0.1:1");
    }

    private ProxyStatus.TypeStatus status(String id, ResourceType type) {
        return java.util.Objects.requireNonNull(
                registry.proxies().stream()
                        .filter(proxy -> proxy.id().equals(id))
                        .findFirst()
                        .orElseThrow()
                        .types()
                        .get(type.typeUrl()));
    }
}
