// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static dev.outrigger.xds.testing.Documents.mesh;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.PolicyStatus;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.reconcile.RolloutOptions;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Eventually;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a refusal comes to, over real connections: rows X07, X10, F07 and F08. */
class RefusalTest extends RolloutStory {
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

        var status = PolicyStatus.of(route, 7, engine().status().proxies(route), List.of());

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
                        assertThat(
                                        PolicyStatus.of(
                                                        B,
                                                        7,
                                                        engine().status().proxies(B),
                                                        List.of())
                                                .conditions())
                                .extracting(PolicyStatus.Condition::reason)
                                .containsExactly("Accepted", "Programmed", "AllAcked"));
        assertThat(rds(status("a-2")).state()).isEqualTo(State.REJECTED);
        Eventually.within(
                PATIENCE, () -> assertThat(rds(status("a-1")).state()).isEqualTo(State.HELD));
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
        assertThat(
                        PolicyStatus.of(raw, 2, engine().status().proxies(raw), List.of())
                                .conditions()
                                .get(1))
                .satisfies(programmed -> {
                    assertThat(programmed.status()).isEqualTo("False");
                    assertThat(programmed.reason()).isEqualTo("Inconsistent");
                });

        assertThat(engine().status().awaitSync(policies.apply(mesh("/good")), PATIENCE).synced())
                .isTrue();
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

    @Test
    void X10_aRefusedNewClusterKeepsBackTheRoutesToIt() throws Exception {
        start(RolloutOptions.DEFAULT);
        synced(policies.apply(mesh("/good")), "a-1", "a-2");
        client("a-1").refuse(CDS, "default/c/80", "default/c/80: no such cluster here");

        var report = engine().status().awaitSync(policies.apply(toNewService()), PATIENCE);

        assertThat(report.withheld())
                .singleElement()
                .satisfies(held -> assertThat(held.resources()).containsExactly("default/c/80"));
        // Another edit goes out, so that there is something later to wait for.
        engine().status()
                .awaitSync(
                        policies.apply(toNewService().replace("10.0.0.1", "10.0.0.7")), PATIENCE);
        assertThat(clients)
                .allSatisfy(one -> {
                    assertThat(one.content(ResourceType.ENDPOINT.typeUrl())).contains("10.0.0.7");
                    assertThat(one.content(RDS)).contains("/good");
                    assertThat(one.content(CDS)).doesNotContain("default/c/80");
                });
        // The other one may have accepted both before anybody said no.
        assertThat(client("a-1").everSent(RDS, "/new")).isFalse();
    }

    @Test
    void X10_aRefusedNewClusterOfARawDocumentKeepsBackTheRoutesToIt() throws Exception {
        start(RolloutOptions.DEFAULT);
        synced(policies.apply(raw("old", "old")), "a-1");
        client("a-1").refuse(CDS, "fresh", "fresh: no");

        var report = engine().status().awaitSync(policies.apply(raw("old", "fresh")), PATIENCE);

        assertThat(report.withheld()).hasSize(1);
        var late = connect("a-2");
        synced(policies.current().revision());
        assertThat(late.content(RDS)).contains("old");
        assertThat(client("a-1").everSent(RDS, "fresh")).isFalse();
        assertThat(late.everSent(RDS, "fresh")).isFalse();
    }

    private static String toNewService() {
        return mesh("/new").replace("backendRefs: [{name: b,", "backendRefs: [{name: c,")
                + """
                ---
                apiVersion: outrigger.dev/v1alpha1
                kind: Service
                metadata: {name: c}
                spec:
                  hostnames: [c.local.service]
                  ports: [{name: http, port: 80, protocol: HTTP}]
                  endpoints: {static: [{address: 10.0.0.2, port: 8080}]}
                """;
    }

    /** Two clusters, and a route to the second. */
    private static String raw(String first, String second) {
        var clusters = new java.util.TreeSet<>(List.of(first, second));
        var text =
                new StringBuilder(
                        """
                        apiVersion: outrigger.dev/v1alpha1
                        kind: XdsResources
                        metadata: {name: raw}
                        spec:
                          selector: {cluster: a}
                          resources:
                          - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
                            name: outbound/http
                            virtual_hosts:
                            - name: all
                              domains: ["*"]
                              routes:
                              - {match: {prefix: /}, route: {cluster: %s}}
                        """
                                .formatted(second));
        for (String cluster : clusters) {
            text.append(
                    """
                      - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                        name: %s
                        type: STATIC
                    """
                            .formatted(cluster));
        }
        return text.toString();
    }
}
