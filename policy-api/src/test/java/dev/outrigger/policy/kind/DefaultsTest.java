// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.RouteFilters;
import dev.outrigger.policy.kind.retry.RetryPolicy;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.timeouts.TimeoutsPolicy;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Metadata;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.ServiceRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a field means when it is left out: every default, once. */
class DefaultsTest {
    private static final String MINIMUM =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: b}
            spec: {hostnames: [B.Example], ports: [{name: http, port: 80}], endpoints: {static: [{address: 10.0.0.1, port: 1}]}}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: HTTPRoute
            metadata: {name: r}
            spec: {parentRefs: [{name: b}], rules: [{backendRefs: [{name: b}]}, {matches: [{path: {}, headers: [{name: X-A, value: v}]}], backendRefs: [{name: b}]}]}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: TrafficPolicy
            metadata: {name: p}
            spec: {targetRefs: [{kind: Mesh, name: default}], retry: {}, timeouts: {}}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: Sidecar
            metadata: {name: s, namespace: team}
            spec:
              selector: {cluster: a}
              inbound: [{name: app, listenPort: 15006, appPort: 8080}]
              outbound: {listeners: [{name: http, port: 15001}]}
            """;

    private final PolicySet set = PolicyReader.standard().read(MINIMUM).require();

    @Test
    void ofMetadata() {
        assertThat(set.all().iterator().next().metadata()).isEqualTo(Metadata.EMPTY);
    }

    @Test
    void ofAService() {
        assertThat(only(ServiceSpec.class))
                .isEqualTo(
                        new ServiceSpec(
                                List.of("b.example"),
                                List.of(
                                        new ServiceSpec.Port(
                                                "http", 80, ServiceSpec.Protocol.HTTP)),
                                new ServiceSpec.Endpoints.Static(
                                        List.of(
                                                new ServiceSpec.Address(
                                                        "10.0.0.1",
                                                        1,
                                                        Optional.empty(),
                                                        Optional.empty(),
                                                        0)))));
    }

    @Test
    void ofARoute() {
        var backends =
                List.of(
                        new HttpRouteSpec.BackendRef(
                                new ServiceRef("default", "b"), Optional.empty(), 1));
        var second =
                new HttpRouteSpec.Match(
                        new HttpRouteSpec.PathMatch.Prefix("/"),
                        Optional.empty(),
                        List.of(new HttpRouteSpec.ValueMatch("x-a", "v", false)),
                        List.of());
        assertThat(only(HttpRouteSpec.class).rules())
                .containsExactly(
                        new HttpRouteSpec.Rule(
                                "rule-0",
                                List.of(HttpRouteSpec.Match.ANY),
                                RouteFilters.NONE,
                                backends,
                                Optional.empty(),
                                Optional.empty()),
                        new HttpRouteSpec.Rule(
                                "rule-1",
                                List.of(second),
                                RouteFilters.NONE,
                                backends,
                                Optional.empty(),
                                Optional.empty()));
    }

    @Test
    void ofATrafficPolicyAndItsBlocks() {
        TrafficPolicySpec spec = only(TrafficPolicySpec.class);

        assertThat(spec.consumers()).isEmpty();
        assertThat(spec.block(RetryPolicy.class))
                .contains(
                        new RetryPolicy(
                                1,
                                new TreeSet<>(),
                                List.of(
                                        "connect-failure",
                                        "refused-stream",
                                        "reset-before-request"),
                                List.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"),
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                true));
        assertThat(spec.block(TimeoutsPolicy.class))
                .contains(new TimeoutsPolicy(Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @Test
    void ofASidecar() {
        assertThat(only(SidecarSpec.class))
                .isEqualTo(
                        new SidecarSpec(
                                new SidecarSpec.Selector(Optional.of("a"), Map.of()),
                                new ServiceRef("team", "a"),
                                List.of(
                                        new SidecarSpec.Inbound(
                                                "app", "0.0.0.0", 15006, "127.0.0.1", 8080)),
                                Optional.of(
                                        new SidecarSpec.Outbound(
                                                List.of(
                                                        new SidecarSpec.OutboundListener(
                                                                "http", "127.0.0.1", 15001)),
                                                List.of(),
                                                SidecarSpec.UnknownHosts.REJECT))));
    }

    private <S extends PolicySpec> S only(Class<S> type) {
        return set.all(type).getFirst().spec();
    }
}
