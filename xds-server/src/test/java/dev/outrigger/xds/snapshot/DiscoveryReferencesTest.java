// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.xds.kind.xdsresources.RawResources;
import dev.outrigger.xds.testing.FakePolicySource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What raw resources refer to beside clusters, endpoints and routes. */
class DiscoveryReferencesTest {
    private static final String LISTENER =
            """
            - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
              name: l
              filter_chains:
              - transport_socket:
                  name: tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                    common_tls_context:
                      tls_certificate_sds_secret_configs:
                      - {name: cert, sds_config: {ads: {}}}
                      - {name: from-the-bootstrap}
                      validation_context_sds_secret_config:
                        name: elsewhere
                        sds_config: {path_config_source: {path: /x}}
                filters:
                - name: hcm
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                    stat_prefix: x
                    scoped_routes:
                      name: s
                      scope_key_builder:
                        fragments: [{header_value_extractor: {name: x, index: 0}}]
                      rds_config_source: {ads: {}}
                      scoped_rds: {scoped_rds_config_source: {ads: {}}}
                    http_filters:
                    - name: needed
                      config_discovery: {config_source: {ads: {}}, type_urls: [x]}
                    - name: has-a-default
                      config_discovery:
                        config_source: {ads: {}}
                        type_urls: [x]
                        default_config: {"@type": type.googleapis.com/google.protobuf.Struct, value: {}}
            """;

    private static final String CLUSTER =
            """
            - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
              name: c
              type: STATIC
              transport_socket_matches:
              - name: m
                transport_socket:
                  name: tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                    common_tls_context:
                      combined_validation_context:
                        default_validation_context: {}
                        validation_context_sds_secret_config: {name: ca, sds_config: {ads: {}}}
            """;

    private static final String SCOPE =
            """
            - "@type": type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration
              name: s
              route_configuration_name: r
              key: {fragments: [{string_key: k}]}
            """;

    @Test
    void whatIsDiscoveredMustBeThere() {
        assertThat(problems(LISTENER + CLUSTER + SCOPE))
                .containsExactlyInAnyOrder(
                        "LDS 'l' needs the Secret 'cert', which nobody supplies",
                        "LDS 'l' needs the TypedExtensionConfig 'needed', which nobody supplies",
                        "CDS 'c' needs the Secret 'ca', which nobody supplies",
                        "SRDS 's' leads to the RouteConfiguration 'r', which nobody supplies");
    }

    @Test
    void whatIsThereIsFound() {
        assertThat(
                        problems(
                                LISTENER
                                        + CLUSTER
                                        + SCOPE
                                        + """
                                        - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
                                          name: cert
                                        - "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
                                          name: ca
                                        - "@type": type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig
                                          name: needed
                                          typed_config: {"@type": type.googleapis.com/google.protobuf.Struct, value: {}}
                                        - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
                                          name: r
                                        """))
                .isEmpty();
    }

    @Test
    void aVirtualHostBelongsToARouteConfigurationThatDiscoversIts() {
        var hosts =
                """
                - "@type": type.googleapis.com/envoy.config.route.v3.VirtualHost
                  name: with/slash/a.example
                  domains: [a.example]
                - "@type": type.googleapis.com/envoy.config.route.v3.VirtualHost
                  name: plain/b.example
                  domains: [b.example]
                - "@type": type.googleapis.com/envoy.config.route.v3.VirtualHost
                  name: gone/c.example
                  domains: [c.example]
                - "@type": type.googleapis.com/envoy.config.route.v3.VirtualHost
                  name: nobodys
                  domains: [d.example]
                - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
                  name: with/slash
                  vhds: {config_source: {ads: {}}}
                - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
                  name: plain
                """;

        assertThat(problems(hosts))
                .containsExactly(
                        "VHDS 'plain/b.example' belongs to the RouteConfiguration 'plain', which"
                                + " has no vhds",
                        "VHDS 'gone/c.example' belongs to the RouteConfiguration 'gone', which"
                                + " nobody supplies",
                        "VHDS 'nobodys' is not named after its route configuration (expected:"
                                + " '<route configuration>/<host>')");
    }

    private static List<String> problems(String resources) {
        var document =
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: XdsResources
                metadata: {name: x}
                spec:
                  selector: {cluster: a}
                  resources:
                """
                        + resources.indent(2);
        return FakePolicySource.policies(document).all(XdsResourcesSpec.class).stream()
                .map(RawResources::read)
                .map(ReferenceCheck::check)
                .flatMap(List::stream)
                .map(ReferenceCheck.Problem::detail)
                .toList();
    }
}
