// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.kind.retry.RetryPolicy;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.PolicySet;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyReaderTest {
    static final String SIDECAR_CASE =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: b}
            spec:
              hostnames: [b.local.service]
              ports: [{name: http, port: 80, protocol: HTTP}]
              endpoints: {dns: {host: b.internal.example, port: 8080}}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: TrafficPolicy
            metadata: {name: a-to-b, labels: {team: checkout}}
            spec:
              targetRefs: [{kind: Service, name: b}]
              consumers: [{kind: Service, name: a}]    # only A's sidecars
              retry:
                attempts: 2
                codes: ["5xx"]
                backoff: 25ms
              timeouts: {request: 3s, backendRequest: 900ms}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: Sidecar
            metadata: {name: a}
            spec:
              selector: {cluster: a, labels: {env: prod}}
              inbound: [{name: app, listenPort: 15006, appPort: 8080}]
              outbound:
                listeners: [{name: http, address: 127.0.0.1, port: 15001, protocol: HTTP}]
                hosts: [b.local.service, "*.billing.local"]
                unknownHosts: reject
            """;

    private final PolicyReader reader = PolicyReader.standard();

    @Test
    void readsTheSidecarCaseOfTheDesign() {
        PolicySet set = reader.read(SIDECAR_CASE).require();

        assertThat(set.all()).hasSize(3);
        assertThat(set.all(ServiceSpec.class).getFirst().spec().endpoints())
                .isEqualTo(new ServiceSpec.Endpoints.Dns("b.internal.example", 8080));
        RetryPolicy retry =
                set.all(TrafficPolicySpec.class)
                        .getFirst()
                        .spec()
                        .block(RetryPolicy.class)
                        .orElseThrow();
        assertThat(retry.attempts()).isEqualTo(2);
        assertThat(retry.codes()).hasSize(100).contains(500, 599);
        assertThat(set.all(SidecarSpec.class).getFirst().spec().service().name()).isEqualTo("a");
    }

    @Test
    void reportsEverythingAtOnceWhereItStands() {
        String yaml =
                SIDECAR_CASE.replace("attempts: 2", "atempts: 2").replace("port: 80,", "port: 0,");

        assertThat(violations(yaml))
                .extracting(Violation::toString)
                .containsExactly(
                        "document 1, 6:30, #/spec/ports/0/port: 0 is out of range (expected:"
                                + " 1..65535). [OUT-1044]",
                        "document 2, 16:5, #/spec/retry/atempts: Unknown field 'atempts'. Did you"
                                + " mean 'attempts'? [OUT-1042]");
    }

    @Test
    void pointsAtADanglingReference() {
        assertThat(
                        violations(
                                SIDECAR_CASE.replace(
                                        "kind: Service, name: b", "kind: Service, name: bb")))
                .extracting(Violation::toString)
                .containsExactly(
                        "document 2, 13:38, #/spec/targetRefs/0/name: Service/bb does not exist."
                                + " [OUT-1050]");
    }

    private List<Violation> violations(String yaml) {
        return switch (reader.read(yaml)) {
            case Checked.Valid<PolicySet> _ -> List.of();
            case Checked.Invalid<PolicySet>(var violations) -> violations;
        };
    }
}
