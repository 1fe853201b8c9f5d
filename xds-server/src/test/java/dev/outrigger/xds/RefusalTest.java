// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.PolicyStatus;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.policy.status.SyncReport;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.ads.AdsOptions;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a refusal comes to, over real connections: rows X07, X10, F07 and F08. */
class RefusalTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SOON = Duration.ofMillis(300);
    private static final PolicyId B = new PolicyId("Service", "default", "b");
    private static final String RDS = ResourceType.ROUTE.typeUrl();

    private final FakePolicySource policies = new FakePolicySource();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
    private final InstantSource clock = () -> Objects.requireNonNull(now.get());
    private final List<String> undone = new CopyOnWriteArrayList<>();
    private final List<ScriptedXdsClient> clients = new ArrayList<>();
    private @Nullable XdsEngine runningEngine;

    @AfterEach
    void stop() {
        clients.forEach(ScriptedXdsClient::close);
        engine().close();
    }

    @Test
    void aRefusedChangeIsTakenBackForTheWholeGroupAndForWhoComesLater() throws Exception {
        start(RolloutOptions.DEFAULT);
        var good = synced(policies.apply(mesh("/good")), "a-1", "a-2");
        assertThat(good.synced()).isTrue();
        client("a-2").refuse(RDS, "/bad", "outbound/http: /bad is no good");

        var report = engine().status().awaitSync(policies.apply(mesh("/bad")), PATIENCE);

        assertThat(report.synced()).isFalse();
        assertThat(report.withheld())
                .singleElement()
                .satisfies(held -> {
                    assertThat(held.reason()).isEqualTo(Withheld.Reason.REFUSED);
                    assertThat(held.type()).isEqualTo(RDS);
                    assertThat(held.resources()).containsExactly("outbound/http");
                    assertThat(held.proxies()).containsExactly("a-2");
                    assertThat(held.detail()).contains("/bad is no good");
                    // Of a Sidecar, two Services and a route, the match that changed.
                    assertThat(held.fields())
                            .extracting(PolicyField::toString)
                            .containsExactly("HTTPRoute/b-routes #/spec/rules/0/matches/0");
                });
        Eventually.within(
                PATIENCE,
                () -> {
                    assertThat(client("a-1").content(RDS)).contains("/good");
                    assertThat(client("a-2").content(RDS)).contains("/good");
                });
        // A newcomer never sees it, nor does one that comes back.
        var late = connect("a-3");
        restart("a-2");
        synced(policies.current().revision());
        assertThat(late.everSent(RDS, "/bad")).isFalse();
        assertThat(client("a-2").everSent(RDS, "/bad")).isFalse();
        assertThat(rds(status("a-3")).state()).isEqualTo(State.HELD);
        // It was sent once to each, refused once, and never again.
        assertThat(meters.get("outrigger.xds.nacks").tag("type", "RDS").counter().count())
                .isEqualTo(1);
        assertThat(
                        meters.get("outrigger.xds.refusals")
                                .tag("type", "RDS")
                                .tag("kind", "HTTPRoute")
                                .counter()
                                .count())
                .isEqualTo(1);
        assertThat(
                        meters.get("outrigger.xds.withheld.documents")
                                .tag("name", "b-routes")
                                .gauge()
                                .value())
                .isEqualTo(1);
    }

    @Test
    void theDocumentsStatusSaysWhoRefusedWhatAndWhere() throws Exception {
        start(RolloutOptions.DEFAULT);
        synced(policies.apply(mesh("/good")), "a-1", "a-2");
        client("a-2").refuse(RDS, "/bad", "route /bad is no good");
        engine().status().awaitSync(policies.apply(mesh("/bad")), PATIENCE);
        var route = new PolicyId("HTTPRoute", "default", "b-routes");

        var status = PolicyStatus.of(route, 7, engine().status().proxies(route));

        assertThat(status.conditions())
                .extracting(condition -> condition.type() + "=" + condition.status())
                .containsExactly("Accepted=True", "Programmed=False", "Synced=False");
        assertThat(status.conditions())
                .extracting(PolicyStatus.Condition::reason)
                .containsExactly("Accepted", "RejectedByProxy", "RejectedByProxy");
        assertThat(status.counts().matched()).isEqualTo(2);
        assertThat(status.counts().rejected()).isEqualTo(1);
        assertThat(status.refusals())
                .singleElement()
                .satisfies(refusal -> {
                    assertThat(refusal.proxy()).isEqualTo("a-2");
                    assertThat(refusal.rejection().fields())
                            .extracting(PolicyField::pointer)
                            .containsExactly("#/spec/rules/0/matches/0");
                });
        // A document beside it is not to blame.
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(PolicyStatus.of(B, 7, engine().status().proxies(B)).conditions())
                                .extracting(PolicyStatus.Condition::reason)
                                .containsExactly("Accepted", "Programmed", "AllAcked"));
        assertThat(rds(status("a-2")).state()).isEqualTo(State.REJECTED);
        assertThat(rds(status("a-1")).state()).isEqualTo(State.HELD);
    }

    @Test
    void whatCameWithARefusedResourceStaysAndNewContentIsTriedAgain() throws Exception {
        start(RolloutOptions.DEFAULT);
        synced(policies.apply(mesh("/good")), "a-1");
        client("a-1").refuse(RDS, "/bad", "no");
        engine().status()
                .awaitSync(policies.apply(mesh("/bad").replace("10.0.0.1", "10.0.0.9")), PATIENCE);
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(client("a-1").content(ResourceType.ENDPOINT.typeUrl()))
                                .contains("10.0.0.9"));
        assertThat(client("a-1").content(RDS)).contains("/good");

        // An edit elsewhere goes out, although the refused one is still asked for.
        var other = policies.apply(mesh("/bad").replace("10.0.0.1", "10.0.0.8"));
        var report = engine().status().awaitSync(other, PATIENCE);
        assertThat(report.synced()).isTrue();
        assertThat(report.withheld()).hasSize(1);
        assertThat(client("a-1").content(ResourceType.ENDPOINT.typeUrl())).contains("10.0.0.8");
        assertThat(client("a-1").content(RDS)).contains("/good");

        var better = engine().status().awaitSync(policies.apply(mesh("/better")), PATIENCE);
        assertThat(better.synced()).isTrue();
        assertThat(better.withheld()).isEmpty();
        assertThat(client("a-1").content(RDS)).contains("/better");
        assertThat(rds(status("a-1")).state()).isEqualTo(State.SYNCED);
    }

    @Test
    void contentThatHasProvedItselfIsNotTakenFromTheOthers() throws Exception {
        start(RolloutOptions.DEFAULT);
        synced(policies.apply(mesh("/good")), "a-1");
        now.updateAndGet(instant -> instant.plus(Duration.ofMinutes(1)));

        var late = connect("a-2", client -> client.refuse(RDS, "/good", "too old for that"));
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(rds(status("a-2")).rejection())
                                .hasValueSatisfying(why -> assertThat(why.fields()).isNotEmpty()));

        assertThat(rds(status("a-2")).state()).isEqualTo(State.REJECTED);
        assertThat(rds(status("a-1")).state()).isEqualTo(State.SYNCED);
        assertThat(status("a-1").withheld()).isEmpty();
        assertThat(late.content(RDS)).isEmpty();
        assertThat(client("a-1").content(RDS)).contains("/good");
    }

    @Test
    void aSetThatDoesNotHoldTogetherIsSaidAtOnce() throws Exception {
        start(RolloutOptions.DEFAULT);
        synced(policies.apply(mesh("/good")), "a-1");
        var broken =
                mesh("/good")
                        + """
                        ---
                        apiVersion: outrigger.dev/v1alpha1
                        kind: XdsResources
                        metadata: {name: raw}
                        spec:
                          selector: {cluster: a}
                          resources:
                          - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                            name: lonely
                            type: EDS
                            eds_cluster_config: {eds_config: {ads: {}}}
                        """;

        var report = engine().status().awaitSync(policies.apply(broken), Duration.ofMinutes(5));

        assertThat(report.synced()).isFalse();
        assertThat(report.withheld())
                .singleElement()
                .satisfies(held -> {
                    assertThat(held.reason()).isEqualTo(Withheld.Reason.INCONSISTENT);
                    assertThat(held.detail()).contains("lonely", "which nobody supplies");
                    assertThat(held.fields())
                            .extracting(PolicyField::toString)
                            .containsExactly("XdsResources/raw #/spec/resources/0");
                });
        assertThat(report.missing())
                .singleElement()
                .satisfies(one -> assertThat(one.reason()).contains("is not given revision 2"));
        var raw = new PolicyId("XdsResources", "default", "raw");
        assertThat(PolicyStatus.of(raw, 2, engine().status().proxies(raw)).conditions().get(1))
                .satisfies(programmed -> {
                    assertThat(programmed.status()).isEqualTo("False");
                    assertThat(programmed.reason()).isEqualTo("Inconsistent");
                });

        assertThat(engine().status().awaitSync(policies.apply(mesh("/good")), PATIENCE).synced())
                .isTrue();
    }

    @Test
    void aTrialGivesNewContentToAShareAndGoesOnWhenThatAccepts() throws Exception {
        start(RolloutOptions.DEFAULT.withCanary(20, Duration.ofMinutes(5)));
        var ids = IntStream.rangeClosed(1, 10).mapToObj(i -> "a-" + i).toArray(String[]::new);
        synced(policies.apply(mesh("/good")), ids);
        clients.forEach(client -> client.holdAnswers(RDS));

        long revision = policies.apply(mesh("/new"));

        Eventually.within(
                PATIENCE,
                () -> assertThat(clients).filteredOn(one -> one.everSent(RDS, "/new")).hasSize(2));
        var waiting = engine().status().awaitSync(revision, SOON);
        assertThat(waiting.synced()).isFalse();
        assertThat(waiting.withheld())
                .singleElement()
                .satisfies(held -> {
                    assertThat(held.reason()).isEqualTo(Withheld.Reason.ON_TRIAL);
                    assertThat(held.proxies()).hasSize(2);
                });
        assertThat(clients).filteredOn(one -> one.everSent(RDS, "/new")).hasSize(2);

        clients.forEach(ScriptedXdsClient::releaseAnswers);

        var report = engine().status().awaitSync(revision, PATIENCE);
        assertThat(report.synced()).isTrue();
        assertThat(report.withheld()).isEmpty();
        assertThat(clients).allSatisfy(one -> assertThat(one.content(RDS)).contains("/new"));
        assertThat(meters.get("outrigger.xds.trials").tag("event", "accepted").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aTrialThatIsRefusedStopsAndTheOthersNeverSeeIt() throws Exception {
        start(RolloutOptions.DEFAULT.withCanary(10, Duration.ofMinutes(5)));
        var ids = IntStream.rangeClosed(1, 10).mapToObj(i -> "a-" + i).toArray(String[]::new);
        synced(policies.apply(mesh("/good")), ids);
        clients.forEach(client -> client.refuse(RDS, "/bad", "no"));

        var report = engine().status().awaitSync(policies.apply(mesh("/bad")), PATIENCE);

        assertThat(report.synced()).isFalse();
        assertThat(clients).filteredOn(one -> one.everSent(RDS, "/bad")).hasSize(1);
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(clients)
                                .allSatisfy(one -> assertThat(one.content(RDS)).contains("/good")));
        assertThat(meters.get("outrigger.xds.trials").tag("event", "refused").counter().count())
                .isEqualTo(1);
        // The next content gets its own trial.
        assertThat(engine().status().awaitSync(policies.apply(mesh("/better")), PATIENCE).synced())
                .isTrue();
    }

    @Test
    void aTrialWhoseProxiesDoNotAnswerGoesOnAfterItsTime() throws Exception {
        start(RolloutOptions.DEFAULT.withCanary(10, SOON));
        synced(policies.apply(mesh("/good")), "a-1", "a-2", "a-3");
        clients.forEach(client -> client.holdAnswers(RDS));

        policies.apply(mesh("/new"));

        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(clients)
                                .allSatisfy(one -> assertThat(one.everSent(RDS, "/new")).isTrue()));
        assertThat(meters.get("outrigger.xds.trials").tag("event", "time-up").counter().count())
                .isEqualTo(1);
    }

    @Test
    void aRefusedRevisionIsUndoneWhereThatIsAskedFor() throws Exception {
        start(RolloutOptions.DEFAULT.withRollback(true));
        synced(policies.apply(mesh("/good")), "a-1");
        client("a-1").refuse(RDS, "/bad", "no");

        engine().status().awaitSync(policies.apply(mesh("/bad")), PATIENCE);

        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(undone)
                                .singleElement()
                                .asString()
                                .contains("proxy a-1 refused RDS outbound/http: no"));
    }

    @Test
    void severalConnectionsOfOneNodeAreOneProxy() throws Exception {
        start(RolloutOptions.DEFAULT);
        policies.apply(mesh("/good"));
        connect("a-1");
        connect("a-1").holdAnswers(RDS);
        Eventually.within(
                PATIENCE,
                () -> {
                    var proxy = status("a-1");
                    assertThat(proxy.connections()).hasSize(2);
                    // One has not answered: so the proxy has not.
                    assertThat(rds(proxy).state()).isEqualTo(State.PENDING);
                });
    }

    private void start(RolloutOptions rollout) throws IOException {
        runningEngine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        XdsEngine.Options.of(AdsOptions.DEFAULT).withRollout(rollout),
                        policies,
                        (revision, reason) -> undone.add(revision + " " + reason),
                        meters,
                        clock,
                        new Random(1));
    }

    private SyncReport synced(long revision, String... connecting) throws Exception {
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

    private ScriptedXdsClient connect(String id) {
        return connect(id, _ -> {});
    }

    private ScriptedXdsClient connect(
            String id, java.util.function.Consumer<ScriptedXdsClient> script) {
        var client = new ScriptedXdsClient(engine().port(), id, "a");
        script.accept(client);
        clients.add(client);
        client.start("outbound/http", "default/b/80");
        return client;
    }

    private void restart(String id) {
        var old = client(id);
        old.close();
        clients.remove(old);
        connect(id);
    }

    private ScriptedXdsClient client(String id) {
        return clients.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
    }

    private XdsEngine engine() {
        return Objects.requireNonNull(runningEngine, "started");
    }

    private static ProxyStatus.TypeStatus rds(ProxyStatus proxy) {
        return Objects.requireNonNull(proxy.types().get(RDS), RDS);
    }

    private ProxyStatus status(String id) {
        var found =
                engine().status().proxies().stream()
                        .filter(proxy -> proxy.id().equals(id))
                        .findFirst();
        assertThat(found).as(id).isPresent();
        return found.orElseThrow();
    }

    private static String mesh(String path) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a}
        spec:
          selector: {cluster: a}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: 15001}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: b}
        spec:
          hostnames: [b.local.service]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: HTTPRoute
        metadata: {name: b-routes}
        spec:
          parentRefs: [{kind: Service, name: b}]
          rules:
          - name: only
            matches: [{path: {type: PathPrefix, value: %s}}]
            backendRefs: [{name: b, port: 80}]
        """
                .formatted(path);
    }
}
