// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.dataplane.parse.SupportedTables;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigEncoderTest {
    @Test
    void writesWhatProtobufsOwnConverterReads() throws Exception {
        String yaml =
                """
                node: {id: 'n', cluster: c, locality: {zone: z}}
                stats_flush_interval: 0.25s
                admin: {address: {socketAddress: {address: 127.0.0.1, portValue: 0x1F}}}
                layered_runtime: {layers: [{name: admin, admin_layer: {}}]}
                static_resources:
                  listeners:
                  - name: é
                    address: {socket_address: {address: "::1", port_value: 0}}
                    filter_chains:
                    - filters:
                      - name: hcm
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: s
                          use_remote_address: yes
                          stream_idle_timeout: 300s
                          route_config:
                            virtual_hosts:
                            - name: v
                              domains: ["*"]
                              typed_per_filter_config:
                                envoy.filters.http.buffer:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute
                                  disabled: true
                              routes:
                              - match: {prefix: /, runtime_fraction: {default_value: {numerator: 5, denominator: MILLION}}}
                                route: {cluster: b, timeout: 0s, retry_policy: {num_retries: 0}}
                  clusters:
                  - name: b
                    type: STRICT_DNS
                    connect_timeout: 1.000000001s
                    dns_refresh_rate:
                    circuit_breakers: {thresholds: [{max_requests: 4294967295, retry_budget: {budget_percent: {value: 25}}}]}
                """;

        var bytes = encode(yaml).orElseThrow();

        assertThat(Bootstrap.parseFrom(bytes)).isEqualTo(converted(yaml));
    }

    @Test
    void keepsFieldsSetToTheirDefaultApartFromFieldsNotSet() throws Exception {
        var cluster =
                Bootstrap.parseFrom(
                                encode("static_resources: {clusters: [{type: STATIC}, {}]}")
                                        .orElseThrow())
                        .getStaticResources()
                        .getClustersList();

        assertThat(cluster.getFirst().hasType()).isTrue();
        assertThat(cluster.getLast().hasType()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "node: {id: a, colour: red}",
                "node: {id: 5}",
                "node: {id: a, id: b}",
                "node: {id: a}\nnode: {cluster: b}",
                "node: {metadata: {a: 1}}",
                "stats_flush_interval: 5",
                "stats_flush_interval: 5m",
                "stats_flush_interval: .5s",
                "stats_flush_interval: 5.s",
                "stats_flush_interval: -5s",
                "stats_flush_interval: 1.0000000001s",
                "stats_flush_interval: 315576000001s",
                "admin: {address: {socket_address: {port_value: 4294967296}}}",
                "admin: {address: {socket_address: {port_value: -1}}}",
                "admin: {address: {socket_address: {protocol: TPC}}}",
                "admin: {address: {socket_address: {port_value: 1, named_port: a}}}",
                "static_resources: {clusters: [{dns_refresh_rate: 1s}, ~]}",
                "static_resources: {clusters: 7}",
                "static_resources: {clusters: [{typed_extension_protocol_options: {a: {}}}]}",
                "node: {id: \"\\uD800\"}",
            })
    void leavesWhatIsWrongOrRareToOthers(String yaml) throws Exception {
        assertThat(encode(yaml)).isEmpty();
    }

    private static Optional<byte[]> encode(String yaml) throws ConfigException {
        return ConfigEncoder.encode(
                ConfigDocument.yaml(yaml).orElseThrow(),
                Bootstrap.getDescriptor(),
                SupportedTables::extensionType);
    }

    private static Bootstrap converted(String yaml) throws ConfigException, IOException {
        var bootstrap = Bootstrap.newBuilder();
        JsonFormat.parser()
                .usingTypeRegistry(
                        TypeRegistry.newBuilder().add(SupportedTables.extensionTypes()).build())
                .merge(ConfigDocument.yaml(yaml).orElseThrow().toJson().toString(), bootstrap);
        return bootstrap.build();
    }
}
