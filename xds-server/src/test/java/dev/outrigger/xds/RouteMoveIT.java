// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import dev.outrigger.xds.testing.EnvoyProcess;
import dev.outrigger.xds.testing.FakePolicySource;
import dev.outrigger.xds.testing.ScriptedUpstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A route moves from one backend to another, whose cluster is new, while the old one goes: again
 * and again, under traffic, without a lost request.
 */
class RouteMoveIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOVES = 25;

    @TempDir Path directory;

    private final FakePolicySource policies = new FakePolicySource();
    private int adminPort;
    private int port;

    @BeforeEach
    void findPorts() throws Exception {
        EnvoyProcess.required();
        var ports = EnvoyProcess.freePorts(2);
        adminPort = ports.get(0);
        port = ports.get(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
    void noRequestIsLost(String apiType) throws Exception {
        try (var blue = new ScriptedUpstream(_ -> 200);
                var green = new ScriptedUpstream(_ -> 201);
                var engine =
                        XdsEngine.start(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                AdsOptions.DEFAULT,
                                policies,
                                new SimpleMeterRegistry(),
                                InstantSource.system(),
                                new Random())) {
            policies.apply(leadingTo("c0", blue.port()));
            try (var envoy = EnvoyProcess.start(directory, bootstrap(engine, apiType), adminPort)) {
                envoy.awaitReady();
                synced(engine);

                var stop = new AtomicBoolean();
                var traffic = CompletableFuture.supplyAsync(() -> requestsUntil(stop));
                for (int i = 1; i <= MOVES; i++) {
                    var to = i % 2 == 0 ? blue : green;
                    policies.apply(leadingTo("c" + i, to.port()));
                    if (i % 3 != 0) {
                        synced(engine); // Else the next comes while this one is under way.
                    }
                }
                synced(engine);
                stop.set(true);
                var statuses = traffic.join();

                assertThat(statuses.keySet()).containsOnly(200, 201);
                assertThat(statuses.get(200)).isGreaterThan(10);
                assertThat(statuses.get(201)).isGreaterThan(10);
                assertThat(envoy.admin("/clusters"))
                        .contains("c" + MOVES + "::")
                        .doesNotContain("c" + (MOVES - 1) + "::");
                assertThat(envoy.stat("http.moving.no_cluster")).isZero();
            }
        }
    }

    private Map<Integer, Integer> requestsUntil(AtomicBoolean stop) {
        var statuses = new TreeMap<Integer, Integer>();
        while (!stop.get()) {
            try {
                statuses.merge(
                        EnvoyProcess.get(port, "localhost", "/").statusCode(), 1, Integer::sum);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        return statuses;
    }

    private void synced(XdsEngine engine) throws Exception {
        assertThat(engine.status().awaitSync(policies.current().revision(), PATIENCE).synced())
                .isTrue();
    }

    private String bootstrap(XdsEngine engine, String apiType) {
        return new BootstrapTemplate("a-1", "a", Map.of(), adminPort, "127.0.0.1", engine.port())
                .toYaml()
                .replace("DELTA_GRPC", apiType);
    }

    private String leadingTo(String cluster, int upstreamPort) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: XdsResources
        metadata: {name: x}
        spec:
          selector: {cluster: a}
          resources:
          - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
            name: l
            address: {socket_address: {address: 127.0.0.1, port_value: %d}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: moving
                  rds: {route_config_name: r, config_source: {resource_api_version: V3, ads: {}}}
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
            name: r
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes: [{match: {prefix: /}, route: {cluster: %s}}]
          - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
            name: %s
            type: EDS
            eds_cluster_config: {eds_config: {resource_api_version: V3, ads: {}}}
          - "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
            cluster_name: %s
            endpoints:
            - load_balancing_weight: 1
              lb_endpoints:
              - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
        """
                .formatted(port, cluster, cluster, cluster, upstreamPort);
    }
}
