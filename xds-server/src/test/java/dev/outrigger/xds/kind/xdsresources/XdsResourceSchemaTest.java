// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.xdsresources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.resource.XdsResource;
import java.util.List;
import org.junit.jupiter.api.Test;

class XdsResourceSchemaTest {
    private static final String CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

    @Test
    void takesBothNotationsAndPackedMessages() {
        var set =
                read("""
                - "@type": %s
                  name: a
                  connectTimeout: 1s
                  typed_extension_protocol_options:
                    envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                      "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                      explicit_http_config: {http2_protocol_options: {}}
                """
                                .formatted(CLUSTER))
                        .require();

        var document = set.all(XdsResourcesSpec.class).getFirst();
        assertThat(RawResources.read(document))
                .singleElement()
                .extracting(XdsResource::name)
                .isEqualTo("a");
    }

    @Test
    void takesAPackedMessageOfNothing() {
        var set =
                read("""
                - "@type": %s
                  name: a
                  typed_extension_protocol_options: {anything: {}}
                """
                                .formatted(CLUSTER))
                        .require();

        assertThat(RawResources.read(set.all(XdsResourcesSpec.class).getFirst())).hasSize(1);
    }

    @Test
    void r14SaysWhatEnvoyWouldRefuseWhereItStands() {
        var violations =
                violations(
                        """
                        - "@type": %s
                          name: a
                          connect_timeout: 0s
                          outlierDetection: {maxEjectionPercent: 101}
                          health_checks: [{timeout: 1s, healthy_threshold: 1, unhealthy_threshold: 1}]
                          load_assignment: {endpoints: [{priority: 129}]}
                          transport_socket:
                            name: envoy.transport_sockets.tls
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                              sni: %s
                        """
                                .formatted(CLUSTER, "a".repeat(256)));

        assertThat(violations)
                .extracting(violation -> violation.pointer() + " " + violation.detail())
                .containsExactlyInAnyOrder(
                        at("connect_timeout", "more than 0 s"),
                        at("outlierDetection/maxEjectionPercent", "at most 100"),
                        at("health_checks/0/interval", "a value"),
                        at(
                                "health_checks/0",
                                "one of http_health_check, tcp_health_check, grpc_health_check,"
                                        + " custom_health_check"),
                        at("load_assignment/cluster_name", "at least 1 character(s)"),
                        at("load_assignment/endpoints/0/priority", "at most 128"),
                        at("transport_socket/typed_config/sni", "at most 255 byte(s)"));
    }

    private static String at(String place, String expected) {
        return "#/spec/resources/0/"
                + place
                + " Envoy would refuse this (expected: "
                + expected
                + ").";
    }

    @Test
    void saysEveryUnknownFieldWhereItStands() {
        var violations =
                violations(
                        """
                        - "@type": %s
                          name: a
                          conect_timeout: 1s
                          load_assignment: {cluster_name: a, endpoint: []}
                        """
                                .formatted(CLUSTER));

        assertThat(violations)
                .extracting(Violation::pointer)
                .containsExactly(
                        "#/spec/resources/0/conect_timeout",
                        "#/spec/resources/0/load_assignment/endpoint");
        assertThat(violations.getFirst().detail()).contains("Did you mean 'connect_timeout'?");
    }

    @Test
    void saysAnUnknownPackedTypeWhereItStands() {
        assertThat(
                        violations(
                                """
                                - "@type": %s
                                  name: a
                                  transport_socket:
                                    name: x
                                    typed_config: {"@type": type.googleapis.com/envoy.no.such.v3.Thing}
                                """
                                        .formatted(CLUSTER)))
                .singleElement()
                .satisfies(violation -> {
                    assertThat(violation.pointer())
                            .isEqualTo("#/spec/resources/0/transport_socket/typed_config/@type");
                    assertThat(violation.detail()).contains("envoy.no.such.v3.Thing");
                });
    }

    @Test
    void saysAValueOfTheWrongKindWhereItStands() {
        assertThat(
                        violations(
                                """
                                - "@type": %s
                                  name: a
                                  load_assignment:
                                    cluster_name: a
                                    endpoints:
                                    - lb_endpoints:
                                      - endpoint: {address: {socket_address: {address: 1.1.1.1, port_value: many}}}
                                """
                                        .formatted(CLUSTER)))
                .extracting(Violation::pointer)
                .containsExactly(
                        "#/spec/resources/0/load_assignment/endpoints/0/lb_endpoints/0/endpoint"
                                + "/address/socket_address/port_value");
    }

    @Test
    void aNameThatIsNoMessageIsNotLoaded() {
        assertThat(NamedTypes.find("type.googleapis.com/java.lang.Runtime")).isEmpty();
        assertThat(NamedTypes.find("type.googleapis.com/google.protobuf.Parser")).isEmpty();
        assertThat(NamedTypes.find("type.googleapis.com/envoy.config.cluster.v3.cluster"))
                .isEmpty();
        assertThat(NamedTypes.find("")).isEmpty();
    }

    private static List<Violation> violations(String resources) {
        return switch (read(resources)) {
            case Checked.Valid<PolicySet> _ -> List.of();
            case Checked.Invalid<PolicySet>(var violations) -> violations;
        };
    }

    private static Checked<PolicySet> read(String resources) {
        return PolicyReader.withXdsResourceCheck(new XdsResourceSchema())
                .read(
                        """
                        apiVersion: outrigger.dev/v1alpha1
                        kind: XdsResources
                        metadata: {name: raw}
                        spec:
                          selector: {cluster: a}
                          resources:
                        """
                                + resources.indent(2));
    }
}
