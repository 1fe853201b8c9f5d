// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.plan.EffectiveChange;
import dev.outrigger.policy.plan.Explanation;
import dev.outrigger.policy.plan.GivenQuery;
import dev.outrigger.policy.plan.GivenResource;
import dev.outrigger.policy.plan.Overridden;
import dev.outrigger.policy.plan.Question;
import dev.outrigger.policy.plan.Source;
import dev.outrigger.xds.node.NodeGroupResolver;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.reconcile.ResourcePreview;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.SnapshotBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyEffectsTest {
    private static final String SERVICES =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: b}
            spec:
              hostnames: [b.local.service]
              ports: [{name: http, port: 80}]
              endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: Sidecar
            metadata: {name: a}
            spec:
              selector: {cluster: a}
              outbound:
                listeners: [{name: http, port: 15001}]
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: HTTPRoute
            metadata: {name: r}
            spec:
              parentRefs: [{kind: Service, name: b}]
              rules:
              - name: quotes
                matches: [{path: {type: PathPrefix, value: /quotes}, method: GET}]
                backendRefs: [{name: b, port: 80}]
                retry: {attempts: 2, codes: [503]}
              - name: rest
                backendRefs: [{name: b, port: 80}]
            """;

    private static final String MESH =
            """
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: TrafficPolicy
            metadata: {name: mesh}
            spec:
              targetRefs: [{kind: Mesh, name: default}]
              retry: {attempts: 1, codes: []}
              timeouts: {request: 5s}
            """;

    private static final String FOR_A =
            """
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: TrafficPolicy
            metadata: {name: for-a}
            spec:
              targetRefs: [{kind: Service, name: b}]
              consumers: [{kind: Service, name: a}]
              timeouts: {request: 2s}
            """;

    private static final NodeIdentity NODE = new NodeIdentity("a-1", "a", Map.of(), "envoy 1.40.0");

    private Optional<GivenSnapshot> given = Optional.empty();

    private final PolicyEffects effects =
            new PolicyEffects(
                    () -> List.of(NODE), id -> given.filter(one -> one.node().id().equals(id)));

    private static PolicySet policies(String yaml) {
        return PolicyReader.standard().read(yaml).require();
    }

    private Explanation.Routed routed(PolicySet policies, String method, String path) {
        return (Explanation.Routed) explain(policies, "b.local.service", method, path);
    }

    private Explanation explain(PolicySet policies, String host, String method, String path) {
        return effects.explain(
                policies,
                new Question(new ServiceRef("default", "a"), host, method, path, Map.of()));
    }

    private static String text(Source source) {
        return source.level() + source.document().map(id -> " " + id).orElse("") + source.pointer();
    }

    private static List<String> decided(List<Explanation.Decided> blocks) {
        return blocks.stream()
                .map(one ->
                        one.block()
                                + " from "
                                + text(one.source())
                                + " beats "
                                + one.beaten().stream().map(PolicyEffectsTest::text).toList())
                .toList();
    }

    @Test
    void saysWhereEachBlockComesFromAndWhatItBeats() {
        var answer = routed(policies(SERVICES + MESH + FOR_A), "GET", "/quotes/7?x=1");

        assertThat(answer.rule()).isEqualTo("default/r/quotes");
        assertThat(answer.route()).hasToString("Optional[HTTPRoute/r]");
        assertThat(decided(answer.blocks()))
                .containsExactly(
                        "retry from inline HTTPRoute/r#/spec/rules/0/retry beats"
                                + " [mesh TrafficPolicy/mesh#/spec/retry]",
                        "timeouts from service TrafficPolicy/for-a#/spec/timeouts beats"
                                + " [mesh TrafficPolicy/mesh#/spec/timeouts, built-in#]");
        assertThat(answer.envoy().at("/route/timeout").asText()).isEqualTo("2s");
    }

    private List<String> overridden(PolicySet policies, String policy) {
        return effects
                .overridden(policies, new PolicyId("TrafficPolicy", "default", policy))
                .stream()
                .map(one ->
                        one.block()
                                + " at "
                                + one.rule()
                                + " for "
                                + one.consumer()
                                + " by "
                                + text(one.by()))
                .toList();
    }

    @Test
    void saysWhereAPolicyGivesWayToOthers() {
        var policies = policies(SERVICES + MESH + FOR_A);

        assertThat(overridden(policies, "mesh"))
                .containsExactly(
                        "retry at default/r/quotes for * by inline HTTPRoute/r#/spec/rules/0/retry",
                        "timeouts at default/r/quotes for a by service"
                                + " TrafficPolicy/for-a#/spec/timeouts",
                        "timeouts at default/r/rest for a by service"
                                + " TrafficPolicy/for-a#/spec/timeouts");
        assertThat(overridden(policies, "for-a")).isEmpty();
        assertThat(overridden(policies(SERVICES + FOR_A), "for-a")).isEmpty();
        assertThat(effects.overridden(policies, new PolicyId("HTTPRoute", "default", "r")))
                .isEmpty();
    }

    @Test
    void boundsWhatIsSaidOfAPolicyThatGivesWayEverywhere() {
        var yaml = new StringBuilder(SERVICES + MESH);
        for (int i = 0; i < 30; i++) {
            yaml.append(
                    """
                    ---
                    apiVersion: outrigger.dev/v1alpha1
                    kind: Service
                    metadata: {name: s%1$d}
                    spec:
                      hostnames: [s%1$d.local]
                      ports: [{name: http, port: 80}]
                      endpoints: {static: []}
                    ---
                    apiVersion: outrigger.dev/v1alpha1
                    kind: TrafficPolicy
                    metadata: {name: p%1$d}
                    spec:
                      targetRefs: [{kind: Service, name: s%1$d}]
                      timeouts: {request: 2s}
                    """
                            .formatted(i));
        }

        assertThat(overridden(policies(yaml.toString()), "mesh")).hasSize(Overridden.MAX);
    }

    @Test
    void followsTheOrderOfRulesAndTheirConditions() {
        var policies = policies(SERVICES);

        assertThat(routed(policies, "POST", "/quotes").rule()).isEqualTo("default/r/rest");
        assertThat(routed(policies, "GET", "/quotesX").rule()).isEqualTo("default/r/rest");
        assertThat(routed(policies, "GET", "/quotes").rule()).isEqualTo("default/r/quotes");
    }

    @Test
    void saysWhyARequestIsNotRouted() {
        var policies = policies(SERVICES);

        assertThat(explain(policies, "c.local.service", "GET", "/"))
                .isInstanceOfSatisfying(
                        Explanation.Unrouted.class,
                        answer ->
                                assertThat(answer.reason())
                                        .isEqualTo(Explanation.Reason.UNKNOWN_HOST));
        assertThat(
                        effects.explain(
                                policies,
                                new Question(
                                        new ServiceRef("default", "x"),
                                        "b.local.service",
                                        "GET",
                                        "/",
                                        Map.of())))
                .isInstanceOfSatisfying(
                        Explanation.Unrouted.class,
                        answer ->
                                assertThat(answer.reason())
                                        .isEqualTo(Explanation.Reason.NO_SIDECAR));
    }

    @Test
    void tellsWhoseValuesAPolicyChanges() {
        var planned = effects.between(policies(SERVICES), policies(SERVICES + FOR_A));

        assertThat(planned.isComplete()).isTrue();
        assertThat(planned.effective().stream().map(PolicyEffectsTest::change).toList())
                .containsExactly(
                        "a b default/r/quotes timeouts: built-in# -> service"
                                + " TrafficPolicy/for-a#/spec/timeouts",
                        "a b default/r/rest timeouts: built-in# -> service"
                                + " TrafficPolicy/for-a#/spec/timeouts");
    }

    private static String change(EffectiveChange change) {
        return change.consumer()
                + " "
                + change.destination()
                + " "
                + change.rule()
                + " "
                + change.block()
                + ": "
                + change.before().map(PolicyEffectsTest::text).orElse("nothing")
                + " -> "
                + change.after().map(PolicyEffectsTest::text).orElse("nothing");
    }

    @Test
    void tellsWhichResourcesProxiesWouldBeSent() {
        var planned = effects.between(policies(SERVICES), policies(SERVICES + FOR_A));

        assertThat(planned.resources())
                .singleElement()
                .satisfies(change -> {
                    assertThat(change.type()).endsWith("RouteConfiguration");
                    assertThat(change.proxies()).containsExactly("a-1");
                    assertThat(change.before().orElseThrow().findValuesAsText("timeout"))
                            .contains("15s");
                    assertThat(change.after().orElseThrow().findValuesAsText("timeout"))
                            .containsOnly("2s");
                });
    }

    @Test
    void aProxyThatWouldBeSelectedNoLongerLosesItsResources() {
        var planned =
                effects.between(
                        policies(SERVICES),
                        policies(
                                SERVICES.replace(
                                        "selector: {cluster: a}", "selector: {cluster: z}")));

        assertThat(planned.resources())
                .filteredOn(change -> change.proxies().contains("a-1"))
                .isNotEmpty()
                .allSatisfy(change -> assertThat(change.after()).isEmpty());
    }

    private void give(PolicySet policies) {
        var key = new NodeGroupResolver(policies).resolve(NODE);
        var resources = new ResourcePreview(policies).resources(key);
        given =
                Optional.of(
                        new GivenSnapshot(
                                NODE,
                                new SnapshotBuilder()
                                        .build(7, key.documents(), resources, Optional.empty())));
    }

    @Test
    void showsWhatAProxyWasGiven() {
        give(policies(SERVICES));

        var all = effects.given("a-1", query(Optional.empty(), "", 100)).orElseThrow();
        var first = effects.given("a-1", query(Optional.empty(), "", 1)).orElseThrow();
        var rest =
                effects.given(
                                "a-1",
                                query(
                                        Optional.empty(),
                                        GivenQuery.key(
                                                first.getFirst().type(), first.getFirst().name()),
                                        100))
                        .orElseThrow();

        assertThat(all)
                .extracting(resource -> resource.type().replaceAll(".*\\.", ""))
                .contains("Cluster", "Listener", "RouteConfiguration");
        assertThat(all)
                .allSatisfy(resource -> {
                    assertThat(
                                    resource.content().has("name")
                                            || resource.content().has("cluster_name"))
                            .as(resource.content().toString())
                            .isTrue();
                    assertThat(resource.documents()).isNotEmpty();
                });
        assertThat(first).hasSize(1);
        assertThat(rest).containsExactlyElementsOf(all.subList(1, all.size()));
        assertThat(effects.given("a-2", query(Optional.empty(), "", 1))).isEmpty();
        assertThat(
                        effects.given(
                                        "a-1",
                                        query(Optional.of(ResourceType.CLUSTER.typeUrl()), "", 100))
                                .orElseThrow())
                .extracting(GivenResource::type)
                .containsOnly(ResourceType.CLUSTER.typeUrl());
    }

    private static GivenQuery query(Optional<String> type, String after, int limit) {
        return new GivenQuery(type, Optional.empty(), after, limit);
    }

    @Test
    void nothingStandsBetweenAProxyAndWhatItWasGiven() {
        give(policies(SERVICES + MESH));

        var outstanding = effects.outstanding("a-1", policies(SERVICES + MESH)).orElseThrow();

        assertThat(outstanding.changes()).isEmpty();
        assertThat(outstanding.givenRevision()).isEqualTo(7);
    }

    @Test
    void showsWhatStandsBetweenAProxyAndTheDocuments() {
        give(policies(SERVICES));

        var outstanding = effects.outstanding("a-1", policies(SERVICES + FOR_A)).orElseThrow();

        assertThat(outstanding.changes())
                .singleElement()
                .satisfies(change -> {
                    assertThat(change.type()).endsWith("RouteConfiguration");
                    assertThat(change.before().orElseThrow().findValuesAsText("timeout"))
                            .contains("15s");
                    assertThat(change.after().orElseThrow().findValuesAsText("timeout"))
                            .containsOnly("2s");
                });
    }

    @Test
    void whatIsSecretIsBlankedOut() throws Exception {
        var tree =
                new ObjectMapper()
                        .readTree(
                                """
                                {"tls_certificates": [{
                                   "certificate_chain": {"inline_string": "public"},
                                   "private_key": {"inline_string": "hidden"},
                                   "password": {"inline_bytes": "aGlkZGVu"}}],
                                 "generic_secret": {"secret": {"inline_string": "hidden"}},
                                 "session_ticket_keys": {"keys": [{"inline_bytes": "hidden"}]},
                                 "other": {"private_key": {"filename": "/etc/key.pem"}}}
                                """);

        assertThat(Blanked.of(tree).toString())
                .contains("public", "/etc/key.pem", "[redacted]")
                .doesNotContain("hidden", "aGlkZGVu");
    }
}
