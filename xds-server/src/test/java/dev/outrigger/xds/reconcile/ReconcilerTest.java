// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.testing.FakePolicySource;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On virtual time, with a translation that takes as long as a test likes. */
class ReconcilerTest {
    private static final int SERVICES = 4;
    private static final Duration ENDPOINT_PAUSE = Duration.ofMillis(20);

    private final VirtualLoop loop = new VirtualLoop();
    private final VirtualLoop translating = new VirtualLoop();
    private final FakePolicySource policies = new FakePolicySource();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ProxyRegistry registry =
            new ProxyRegistry(() -> Instant.EPOCH, ProxyRegistry.Retention.DEFAULT, meters);
    private final Reconciler reconciler =
            new Reconciler(
                    policies,
                    registry,
                    meters,
                    InstantSource.system(),
                    RolloutOptions.DEFAULT,
                    RolloutMemory.NONE,
                    RevisionUndo.NONE,
                    loop,
                    translating);

    private final List<Snapshot> told = new ArrayList<>();
    private final int[] ports = {1, 1, 1, 1};
    private int timeout = 1;

    @Test
    void addressesDoNotWaitForATranslation() {
        startWith("a");
        timeout = 2;
        apply();
        loop.run();

        ports[2] = 2;
        apply();
        loop.advance(ENDPOINT_PAUSE);

        assertThat(told).hasSize(2);
        assertThat(port(told.getLast(), 2)).isEqualTo(2);
        assertThat(told.getLast().type(ResourceType.ROUTE))
                .isSameAs(told.getFirst().type(ResourceType.ROUTE));
        assertThat(told.getLast().type(ResourceType.CLUSTER))
                .isSameAs(told.getFirst().type(ResourceType.CLUSTER));

        // The translation of the older set comes: new routes, and not the older addresses.
        translating.step();
        loop.run();
        assertThat(told).hasSize(3);
        assertThat(port(told.getLast(), 2)).isEqualTo(2);
        assertThat(told.getLast().type(ResourceType.ROUTE))
                .isNotSameAs(told.getFirst().type(ResourceType.ROUTE));

        // And that of the newer: nothing that was not told already.
        settle();
        assertThat(told).hasSize(3);
    }

    @Test
    void addressesAloneAreARevisionOfTheirOwn() throws Exception {
        startWith("a");
        ports[0] = 7;
        long revision = apply();

        loop.advance(ENDPOINT_PAUSE);

        assertThat(port(told.getLast(), 0)).isEqualTo(7);
        assertThat(told.getLast().revision()).isEqualTo(revision);
        assertThat(registry.awaitSync(revision, Duration.ZERO).publishedRevision())
                .isEqualTo(revision);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void addressesAreTheNewestWheneverTheTranslationComes(long seed) {
        var random = new SplittableRandom(seed);
        startWith("a");
        for (int i = 0; i < 200; i++) {
            if (random.nextBoolean()) {
                ports[random.nextInt(SERVICES)]++;
            }
            if (random.nextInt(3) == 0) {
                timeout = 1 + random.nextInt(20);
            }
            apply();
            for (int step = random.nextInt(3); step > 0; step--) {
                translating.step();
                loop.step();
            }
            loop.advance(ENDPOINT_PAUSE);
            for (int service = 0; service < SERVICES; service++) {
                assertThat(port(told.getLast(), service)).isEqualTo(ports[service]);
            }
        }
        settle();
        for (int i = 1; i < told.size(); i++) {
            assertThat(told.get(i).edition()).isGreaterThan(told.get(i - 1).edition());
            for (int service = 0; service < SERVICES; service++) {
                assertThat(port(told.get(i), service))
                        .isGreaterThanOrEqualTo(port(told.get(i - 1), service));
            }
        }
        assertThat(versions(told.getLast())).isEqualTo(fromScratch());
        assertThat(told.getLast().revision()).isEqualTo(policies.current().revision());
    }

    @Test
    void aBurstIsJoinedAndItsLastChangeIsSoonTold() {
        startWith("a");
        int before = told.size();

        timeout = 2;
        apply();
        settleWithoutTime();
        assertThat(told).as("at once when idle").hasSize(before + 1);

        for (int i = 0; i < 1_000; i++) {
            timeout = 3 + i;
            apply();
            advance(Duration.ofMillis(1));
        }
        advance(Duration.ofMillis(100));

        assertThat(told.size() - before).isBetween(10, 20);
        assertThat(versions(told.getLast())).isEqualTo(fromScratch());
        assertThat(meters.counter("outrigger.xds.revisions.joined").count()).isGreaterThan(900);
    }

    @Test
    void groupsThatNothingChangedForAreNotTold() throws Exception {
        startWith("a");
        var others = new ArrayList<Snapshot>();
        reconciler.watch(node("z"), others::add);
        settle();
        assertThat(others).hasSize(1);

        timeout = 5;
        long revision = apply();
        settle();

        assertThat(others).hasSize(1);
        assertThat(registry.awaitSync(revision, Duration.ZERO).synced()).isTrue();
    }

    @Test
    void anUnchangedSaveTellsNobody() {
        startWith("a");
        int before = told.size();

        apply();
        settle();

        assertThat(told).hasSize(before);
    }

    @Test
    void aNodeMovesWithTheSelector() {
        policies.apply(document("q", "q") + "---\n" + document("z", "z"));
        reconciler.watch(node("z"), told::add);
        settle();
        assertThat(told.getLast().documents()).hasSize(1);

        policies.apply(document("q", "z") + "---\n" + document("z", "other"));
        settle();

        assertThat(told).hasSize(2);
        assertThat(told.getLast().documents())
                .extracting(dev.outrigger.policy.model.PolicyId::name)
                .containsExactly("q");
    }

    @Test
    void aBrokenGroupKeepsItsLastGoodConfigurationButGetsNewAddresses() throws Exception {
        startWith("a");
        var raw =
                """
                ---
                apiVersion: outrigger.dev/v1alpha1
                kind: XdsResources
                metadata: {name: r}
                spec:
                  selector: {cluster: a}
                  resources:
                  - {"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster, name: %s}
                """;
        policies.apply(text() + raw.formatted("mine"));
        settle();
        var both = told.getLast();
        assertThat(both.documents()).hasSize(2);

        // The same name with another content: neither can win.
        timeout = 2;
        policies.apply(text() + raw.formatted("default/s1/80"));
        settle();
        assertThat(told.getLast()).isSameAs(both);

        ports[1] = 9;
        long revision = policies.apply(text() + raw.formatted("default/s1/80"));
        settle();
        assertThat(port(told.getLast(), 1)).isEqualTo(9);
        assertThat(told.getLast().type(ResourceType.ROUTE)).isSameAs(both.type(ResourceType.ROUTE));
        assertThat(registry.awaitSync(revision, Duration.ZERO).publishedRevision())
                .isLessThan(revision);
    }

    private void startWith(String cluster) {
        apply();
        reconciler.watch(node(cluster), told::add);
        settle();
        assertThat(told).hasSize(1);
    }

    private long apply() {
        return policies.apply(text());
    }

    /** Until nothing is left to do. */
    private void settle() {
        for (int i = 0; i < 20; i++) {
            advance(Duration.ofMillis(50));
        }
    }

    private void settleWithoutTime() {
        for (int i = 0; i < 4; i++) {
            loop.run();
            translating.run();
        }
        loop.run();
    }

    private void advance(Duration time) {
        loop.advance(time);
        settleWithoutTime();
    }

    private static NodeIdentity node(String cluster) {
        return new NodeIdentity(cluster + "-1", cluster, Map.of(), "envoy 1.40.0");
    }

    private static int port(Snapshot snapshot, int service) {
        try {
            return ClusterLoadAssignment.parseFrom(
                            snapshot.type(ResourceType.ENDPOINT)
                                    .find("default/s" + service + "/80")
                                    .orElseThrow()
                                    .any()
                                    .getValue())
                    .getEndpoints(0)
                    .getLbEndpoints(0)
                    .getEndpoint()
                    .getAddress()
                    .getSocketAddress()
                    .getPortValue();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<ResourceType, String> versions(Snapshot snapshot) {
        var versions = new java.util.EnumMap<ResourceType, String>(ResourceType.class);
        snapshot.types().forEach((type, resources) -> versions.put(type, resources.version()));
        return versions;
    }

    private Map<ResourceType, String> fromScratch() {
        var key = new NodeGroupKey(told.getLast().documents());
        var content =
                new Translation().translate(policies.current(), Set.of(key)).groups().get(key);
        return content instanceof GroupContent.Consistent(var types)
                ? versions(new Snapshot(0, List.of(), types))
                : Map.of();
    }

    private String text() {
        var text = new StringBuilder(document("a", "a"));
        for (int i = 0; i < SERVICES; i++) {
            text.append(
                    """
                    ---
                    apiVersion: outrigger.dev/v1alpha1
                    kind: Service
                    metadata: {name: s%1$d}
                    spec:
                      hostnames: [s%1$d.local]
                      ports: [{name: http, port: 80, protocol: HTTP}]
                      endpoints: {static: [{address: 10.0.0.1, port: %2$d}]}
                    """
                            .formatted(i, ports[i]));
        }
        return text
                + """
                ---
                apiVersion: outrigger.dev/v1alpha1
                kind: TrafficPolicy
                metadata: {name: all}
                spec:
                  targetRefs: [{kind: Service, name: s1}]
                  timeouts: {request: %ds}
                """
                        .formatted(timeout);
    }

    private static String document(String name, String cluster) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: %s}
        spec:
          selector: {cluster: %s}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: 15001}]}
        """
                .formatted(name, cluster);
    }
}
