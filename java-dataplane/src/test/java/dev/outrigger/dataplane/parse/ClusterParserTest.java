// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.XDS;
import static dev.outrigger.dataplane.parse.Outcomes.accepted;
import static dev.outrigger.dataplane.parse.Outcomes.only;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import dev.outrigger.dataplane.config.ClusterConfig.DnsOptions;
import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import dev.outrigger.dataplane.config.ClusterConfig.RetryBudget;
import dev.outrigger.dataplane.config.ClusterConfig.Thresholds;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamProtocol;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamSockets;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.LoadBalancingConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig.Http2Keepalive;
import dev.outrigger.dataplane.config.XdsClusterConfig.TcpKeepalive;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterParserTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
"""
lb_policy: RING_HASH\\nring_hash_lb_config: {minimum_ring_size: 9, maximum_ring_size: 8} | ring_hash_lb_config | ring hash: minimum_ring_size (9) > maximum_ring_size (8)
lb_policy: MAGLEV\\nmaglev_lb_config: {table_size: 9} | maglev_lb_config.table_size | The table size of maglev must be prime number
lb_policy: CLUSTER_PROVIDED             | lb_policy | cluster manager: cluster provided LB specified but cluster 'a' did not provide one. Check cluster documentation.
lb_policy: LOAD_BALANCING_POLICY_CONFIG | lb_policy | cluster: field load_balancing_policy need to be set
type: ORIGINAL_DST                      | lb_policy | cluster: LB policy ROUND_ROBIN is not valid for Cluster type ORIGINAL_DST. Only 'CLUSTER_PROVIDED' is allowed with cluster type 'ORIGINAL_DST'
type: LOGICAL_DNS                       | load_assignment | LOGICAL_DNS clusters must have a single locality_lb_endpoint and a single lb_endpoint
cluster_type: {name: envoy.clusters.redis} | cluster_type.name | Didn't find a registered cluster factory implementation for name: 'envoy.clusters.redis'
type: EDS                               | eds_cluster_config | cannot create an EDS cluster without an EDS config
outlier_detection: {base_ejection_time: 2s, max_ejection_time: 1s} | outlier_detection.max_ejection_time | outlier detector's max_ejection_time cannot be smaller than base_ejection_time
health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, http_health_check: {path: /, expected_statuses: [{start: 200, end: 601}]}}] | health_checks[0].http_health_check.expected_statuses[0] | Invalid http expected status range: expecting end <= 600, but found end=601
health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, grpc_health_check: {}}] | health_checks | a cluster must support HTTP/2 for gRPC healthchecking
health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {send: {text: "0g"}}}] | health_checks[0].tcp_health_check.send | invalid hex string '0g'
http2_protocol_options: {max_concurrent_streams: 5, custom_settings_parameters: [{identifier: 3, value: 7}]} | http2_protocol_options.custom_settings_parameters | the {max_concurrent_streams} HTTP/2 SETTINGS parameter(s) can not be configured through both named and custom parameters
http2_protocol_options: {custom_settings_parameters: [{identifier: 10, value: 7}, {identifier: 10, value: 8}]} | http2_protocol_options.custom_settings_parameters | inconsistent HTTP/2 custom SETTINGS parameter(s) detected; identifiers = {0x0a}
http2_protocol_options: {custom_settings_parameters: [{identifier: 2, value: 1}]} | http2_protocol_options.custom_settings_parameters | server push is not supported by Envoy and can not be enabled via a SETTINGS parameter.
circuit_breakers: {per_host_thresholds: [{max_requests: 1}]} | circuit_breakers.per_host_thresholds[0] | Unsupported field in per_host_thresholds
load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: localhost, port_value: 1}}}}]}]} | load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address | malformed IP address: localhost. Consider setting resolver_name or setting cluster type to 'STRICT_DNS' or 'LOGICAL_DNS'
load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, named_port: http}}}}]}]} | load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.named_port | IP resolver can't handle port specifier type 4. Consider setting resolver_name or setting cluster type to 'STRICT_DNS' or 'LOGICAL_DNS'
type: EDS\\neds_cluster_config: {eds_config: {self: {}}} | eds_cluster_config.eds_config.self | not supported by this proxy
""")
    void refusesWithTheExactPath(String field, String path, String reason) {
        var proto = Protos.cluster("name: a\n" + field.replace("\\n", "\n"));

        Rejection rejection = only(ClusterParser.parse(proto, XDS));

        assertThat(rejection.path()).isEqualTo(path);
        assertThat(rejection.reason()).isEqualTo(reason);
    }

    @Test
    void refusesAPolicyThatOnlyEnvoyHasRatherThanTakeTheNext() {
        String type = "envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality";
        var proto = Protos.cluster("name: a").toBuilder();
        proto.getLoadBalancingPolicyBuilder()
                .addPoliciesBuilder()
                .getTypedExtensionConfigBuilder()
                .setName("w")
                .setTypedConfig(Any.newBuilder().setTypeUrl("type.googleapis.com/" + type));

        Rejection rejection = only(ClusterParser.parse(proto.build(), XDS));

        assertThat(rejection.path())
                .isEqualTo("load_balancing_policy.policies[0].typed_extension_config.typed_config");
        assertThat(rejection.reason()).isEqualTo(type + " is not supported by this proxy");
    }

    @Test
    void pinsTheDefaults() {
        ClusterConfig config = cluster("name: a");

        assertThat(config.statName()).isEqualTo("a");
        assertThat(config.discovery()).isEqualTo(new Discovery.Static());
        assertThat(config.loadAssignment()).isEqualTo(EndpointAssignment.EMPTY);
        assertThat(config.loadBalancing()).isEqualTo(LoadBalancingConfig.DEFAULT);
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.perConnectionBufferLimitBytes()).isEqualTo(1024 * 1024);
        assertThat(config.circuitBreakers())
                .isEqualTo(
                        new ClusterConfig.CircuitBreakers(Thresholds.DEFAULT, Thresholds.DEFAULT));
        assertThat(config.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(config.maxRequestsPerConnection()).isZero();
        assertThat(config.healthChecks()).isEmpty();
        assertThat(config.outlierDetection()).isEmpty();
        assertThat(config.sockets()).isEqualTo(UpstreamSockets.DEFAULT);
        assertThat(config.waitForWarmOnInit()).isTrue();
        assertThat(config.addedViaApi()).isTrue();
    }

    @Test
    void pinsTheDefaultsOfDnsAndEds() {
        assertThat(cluster("{name: a, type: STRICT_DNS}").discovery())
                .isEqualTo(
                        new Discovery.Dns(
                                new DnsOptions(
                                        Duration.ofSeconds(5),
                                        Optional.empty(),
                                        Duration.ZERO,
                                        false,
                                        DnsLookupFamily.AUTO,
                                        false,
                                        DnsResolverOptions.DEFAULT),
                                false));
        assertThat(
                        cluster("{name: a, type: EDS, eds_cluster_config: {eds_config: {ads: {}}}}")
                                .discovery())
                .isEqualTo(
                        new Discovery.Eds("a", new ConfigSourceConfig.Ads(Duration.ofSeconds(15))));
    }

    @Test
    void pinsTheDefaultsOfARetryBudget() {
        var thresholds =
                cluster("{name: a, circuit_breakers: {thresholds: [{retry_budget: {}}]}}")
                        .circuitBreakers()
                        .defaultPriority();

        assertThat(thresholds.retryBudget()).contains(new RetryBudget(20, 3));
    }

    @Test
    void takesTheFirstThresholdsOfAPriority() {
        var breakers =
                cluster(
                                """
                                name: a
                                circuit_breakers:
                                  thresholds:
                                  - {priority: HIGH, max_requests: 7}
                                  - {max_connections: 0, max_retries: 4294967295, track_remaining: true}
                                  - {max_connections: 9}
                                """)
                        .circuitBreakers();

        assertThat(breakers.defaultPriority())
                .isEqualTo(
                        new Thresholds(
                                0,
                                1024,
                                1024,
                                4294967295L,
                                Thresholds.NO_LIMIT,
                                Optional.empty(),
                                true));
        assertThat(breakers.highPriority().maxRequests()).isEqualTo(7);
    }

    @Test
    void letsTypedOptionsReplaceTheFlatOnes() {
        var config =
                cluster(
                        """
                        name: a
                        max_requests_per_connection: 3
                        common_http_protocol_options: {idle_timeout: 7s}
                        typed_extension_protocol_options:
                          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                            common_http_protocol_options: {max_requests_per_connection: 5}
                            explicit_http_config: {http_protocol_options: {}}
                        """);

        assertThat(config.maxRequestsPerConnection()).isEqualTo(5);
        assertThat(config.idleTimeout()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void speaksHttp2WhereTrafficIsToldTo() {
        var proto = Protos.cluster(HTTP2.formatted("STATIC", "127.0.0.1"));

        var config = accepted(ClusterParser.parse(proto, XDS));

        assertThat(config.http().protocol()).isEqualTo(UpstreamProtocol.HTTP2);
        assertThat(config.http().http2().keepalive()).isPresent();
    }

    @Test
    void readsAClusterOfTheXdsClient() {
        var proto = Protos.cluster(HTTP2.formatted("STRICT_DNS", "xds.example"));

        var config = XdsClusterConfig.of(accepted(ClusterParser.parse(proto, XDS)));

        assertThat(config.addresses())
                .containsExactly(InetSocketAddress.createUnresolved("xds.example", 18000));
        assertThat(config.resolveNames()).isTrue();
        assertThat(config.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.http2Keepalive())
                .contains(new Http2Keepalive(Duration.ofSeconds(30), Duration.ofSeconds(5)));
        assertThat(config.tcpKeepalive())
                .contains(
                        new TcpKeepalive(
                                Optional.of(3),
                                Optional.of(Duration.ofSeconds(60)),
                                Optional.empty()));
    }

    private static final String HTTP2 =
            """
            name: xds
            type: %s
            connect_timeout: 1s
            load_assignment:
              cluster_name: xds
              endpoints:
              - lb_endpoints:
                - endpoint: {address: {socket_address: {address: %s, port_value: 18000}}}
            upstream_connection_options: {tcp_keepalive: {keepalive_probes: 3, keepalive_time: 60}}
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config:
                  http2_protocol_options: {connection_keepalive: {interval: 30s, timeout: 5s}}
            """;

    @Test
    void readsEndpoints() {
        var assignment =
                accepted(
                        EndpointParser.parse(
                                Protos.assignment(
                                        """
                                        cluster_name: a
                                        policy: {overprovisioning_factor: 150}
                                        endpoints:
                                        - locality: {region: r, zone: z, sub_zone: s}
                                          priority: 1
                                          load_balancing_weight: 4
                                          lb_endpoints:
                                          - health_status: DRAINING
                                            load_balancing_weight: 9
                                            endpoint:
                                              hostname: h
                                              address: {socket_address: {address: "::1", port_value: 2}}
                                        """),
                                XDS));

        assertThat(assignment.overprovisioningFactor()).isEqualTo(150);
        var locality = assignment.localities().getFirst();
        assertThat(locality.zone()).isEqualTo("z");
        assertThat(locality.priority()).isEqualTo(1);
        assertThat(locality.weight()).isEqualTo(4);
        var endpoint = locality.endpoints().getFirst();
        assertThat(endpoint.address())
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("::1"), 2));
        assertThat(endpoint.hostname()).isEqualTo("h");
        assertThat(endpoint.weight()).isEqualTo(9);
        assertThat(endpoint.healthStatus()).isEqualTo(EndpointAssignment.HealthStatus.DRAINING);
    }

    @Test
    void refusesAHostNameAsEdsAddress() {
        var proto =
                Protos.assignment(
                        "{cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address:"
                                + " {socket_address: {address: h.example, port_value: 2}}}}]}]}");

        assertThat(only(EndpointParser.parse(proto, XDS)).reason())
                .startsWith("malformed IP address: h.example. Consider setting resolver_name");
    }

    private static ClusterConfig cluster(String yaml) {
        return accepted(ClusterParser.parse(Protos.cluster(yaml), XDS));
    }
}
