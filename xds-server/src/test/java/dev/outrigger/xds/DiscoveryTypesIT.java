// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runtime, filters, scoped routes and virtual hosts by discovery, on a real Envoy. */
class DiscoveryTypesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private final FakePolicySource policies = new FakePolicySource();
    private int adminPort;
    private int port;
    private @Nullable XdsEngine runningEngine;
    private @Nullable EnvoyProcess runningEnvoy;

    @BeforeEach
    void findPorts() throws Exception {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(2);
        adminPort = ports.get(0);
        port = ports.get(1);
        runningEngine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AdsOptions.DEFAULT,
                        policies,
                        new SimpleMeterRegistry(),
                        InstantSource.system(),
                        new Random());
    }

    @AfterEach
    void stop() {
        if (runningEnvoy != null) {
            runningEnvoy.close();
        }
        engine().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void runtimeFiltersAndScopesAreDiscoveredAndFollowChanges(String apiType) throws Exception {
        policies.apply(document(scopedListener() + scope("r1", 201) + filter(0) + runtime("one")));
        startEnvoy(apiType);
        synced();

        assertThat(status("a.example")).isEqualTo(201);
        assertThat(envoy().admin("/runtime")).contains("one");
        assertThat(envoy().stat("init_fetch_timeout")).isZero();

        // The scope leads elsewhere, and the old route configuration goes.
        policies.apply(document(scopedListener() + scope("r2", 202) + filter(0) + runtime("two")));
        synced();
        assertThat(status("a.example")).isEqualTo(202);
        assertThat(envoy().admin("/runtime")).contains("two");

        policies.apply(
                document(scopedListener() + scope("r2", 202) + filter(100) + runtime("two")));
        synced();
        assertThat(status("a.example")).isEqualTo(418);
        assertThat(states())
                .containsEntry(ResourceType.RUNTIME.typeUrl(), State.SYNCED)
                .containsEntry(ResourceType.EXTENSION.typeUrl(), State.SYNCED)
                .containsEntry(ResourceType.SCOPED_ROUTE.typeUrl(), State.SYNCED);
    }

    @Test
    void virtualHostsAreDiscoveredAndAnUnknownOneHoldsUpNobody() throws Exception {
        policies.apply(document(hostsListener() + host("b.example", 202) + runtime("one")));
        startEnvoy("DELTA_GRPC");
        synced();
        assertThat(status("b.example")).isEqualTo(202);

        assertThat(status("nobody.example")).isEqualTo(404);

        policies.apply(
                document(
                        hostsListener()
                                + host("b.example", 203)
                                + host("c.example", 204)
                                + runtime("one")));
        synced();
        assertThat(status("b.example")).isEqualTo(203);
        assertThat(status("c.example")).isEqualTo(204);

        policies.apply(document(hostsListener() + host("c.example", 204) + runtime("one")));
        synced();
        assertThat(status("b.example")).isEqualTo(404);
        assertThat(status("c.example")).isEqualTo(204);
    }

    private Map<String, State> states() {
        var states = new java.util.TreeMap<String, State>();
        engine().status()
                .proxies()
                .getFirst()
                .types()
                .forEach((type, status) -> states.put(type, status.state()));
        return states;
    }

    private void synced() throws Exception {
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(
                                        engine().status()
                                                .awaitSync(policies.current().revision(), PATIENCE)
                                                .synced())
                                .isTrue());
    }

    private int status(String host) throws Exception {
        return EnvoyProcess.send(port, host, "GET", "/").statusCode();
    }

    private XdsEngine engine() {
        return Objects.requireNonNull(runningEngine, "not started");
    }

    private EnvoyProcess envoy() {
        return Objects.requireNonNull(runningEnvoy, "not started");
    }

    private void startEnvoy(String apiType) throws Exception {
        var bootstrap =
                new BootstrapTemplate("a-1", "a", Map.of(), adminPort, "127.0.0.1", engine().port())
                                .toYaml()
                                .replace("DELTA_GRPC", apiType)
                        + """
                        layered_runtime:
                          layers:
                          - name: discovered
                            rtds_layer:
                              name: layer
                              rtds_config: {resource_api_version: V3, ads: {}}
                        """;
        runningEnvoy = EnvoyProcess.start(directory, bootstrap, adminPort);
        envoy().awaitReady();
    }

    private static String document(String resources) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: XdsResources
        metadata: {name: x}
        spec:
          selector: {cluster: a}
          resources:
        """
                + resources.indent(2);
    }

    private String scopedListener() {
        return listener(
                """
                scoped_routes:
                  name: scopes
                  scope_key_builder:
                    fragments: [{header_value_extractor: {name: Host, index: 0}}]
                  rds_config_source: {resource_api_version: V3, ads: {}}
                  scoped_rds:
                    scoped_rds_config_source: {resource_api_version: V3, ads: {}}
                http_filters:
                - name: discovered-fault
                  config_discovery:
                    config_source: {resource_api_version: V3, ads: {}}
                    type_urls:
                    - type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
                """);
    }

    private String hostsListener() {
        return listener(
                        """
                        rds: {route_config_name: v, config_source: {resource_api_version: V3, ads: {}}}
                        http_filters:
                        - name: on-demand
                          typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.on_demand.v3.OnDemand}
                        """)
                + """
                - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
                  name: v
                  vhds: {config_source: {resource_api_version: V3, ads: {}}}
                """;
    }

    private String listener(String manager) {
        return """
        - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
          name: l
          address: {socket_address: {address: 127.0.0.1, port_value: %d}}
          filter_chains:
          - filters:
            - name: hcm
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: x
        """
                        .formatted(port)
                + manager.indent(8)
                + """
                - name: router
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                """
                        .indent(8);
    }

    private static String scope(String routes, int status) {
        return """
        - "@type": type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration
          name: scope
          route_configuration_name: %s
          key: {fragments: [{string_key: a.example}]}
        - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
          name: %s
          virtual_hosts:
          - name: all
            domains: ["*"]
            routes: [{match: {prefix: /}, direct_response: {status: %d}}]
        """
                .formatted(routes, routes, status);
    }

    private static String host(String domain, int status) {
        return """
        - "@type": type.googleapis.com/envoy.config.route.v3.VirtualHost
          name: v/%s
          domains: [%s]
          routes: [{match: {prefix: /}, direct_response: {status: %d}}]
        """
                .formatted(domain, domain, status);
    }

    private static String filter(int percent) {
        return """
        - "@type": type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig
          name: discovered-fault
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault
            abort: {http_status: 418, percentage: {numerator: %d}}
        """
                .formatted(percent);
    }

    private static String runtime(String value) {
        return """
        - "@type": type.googleapis.com/envoy.service.runtime.v3.Runtime
          name: layer
          layer: {some.text: %s}
        """
                .formatted(value);
    }
}
