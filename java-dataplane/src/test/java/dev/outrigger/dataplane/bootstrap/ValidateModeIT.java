// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.testing.TestEnvoy;
import dev.outrigger.envoy.Envoy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code --mode validate} beside a real Envoy of the version followed, from envoy-provision or the
 * PATH; skipped without one, unless {@code CI} is set.
 */
class ValidateModeIT {
    @TempDir Path folder;

    private static final String GOOD =
            """
            node: {id: node1, cluster: c}
            admin:
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            static_resources:
              listeners:
              - name: l
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
                  - name: hcm
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: x
                      route_config:
                        name: r
                        virtual_hosts:
                        - name: v
                          domains: ["*"]
                          routes:
                          - match: {prefix: /}
                            route: {cluster: b}
                      http_filters:
                      - name: envoy.filters.http.router
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
              clusters:
              - name: b
                type: STATIC
                load_assignment:
                  cluster_name: b
                  endpoints:
                  - lb_endpoints:
                    - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}
            """;

    private static final String ADS =
            "dynamic_resources: {ads_config: {api_type: %s, transport_api_version: V3, grpc_services:"
                    + " [{envoy_grpc: {cluster_name: %s}}]}, cds_config: {ads: {}, resource_api_version:"
                    + " V3}}\nadmin:";

    /** What is changed in the good one, and the text both must say; none where both accept. */
    static Stream<Arguments> changes() {
        return Stream.of(
                row("nothing", "", "", ""),
                row(
                        "a retry policy",
                        "{cluster: b}",
                        "{cluster: b, retry_policy: {retry_on: 5xx}}",
                        ""),
                row("an unknown field", "type: STATIC", "foo: 1", "no such field: 'foo'"),
                row(
                        "an unknown field inside an Any",
                        "stat_prefix: x",
                        "stat_prefix: x\n          bar: 1",
                        "no such field: 'bar'"),
                row("an unknown enum value", "STATIC", "STATICK", "unknown enum value: 'STATICK'"),
                row("a YAML boolean as id", "id: node1", "id: n", "@ node.id"),
                row(
                        "a bare number as duration",
                        "type: STATIC",
                        "connect_timeout: 5",
                        "connect_timeout"),
                row(
                        "a text as port",
                        "port_value: 1}",
                        "port_value: abc}",
                        "invalid number: 'abc'"),
                row(
                        "a port too large",
                        "port_value: 1}",
                        "port_value: 70000}",
                        "SocketAddressValidationError.PortValue: value must be less than or equal to"
                                + " 65535"),
                row(
                        "an unnamed cluster",
                        "- name: b\n",
                        "- name: \"\"\n",
                        "ClusterValidationError.Name: value length must be at least 1 characters"),
                row(
                        "no stat_prefix",
                        "stat_prefix: x",
                        "codec_type: AUTO",
                        "HttpConnectionManagerValidationError.StatPrefix: value length must be at"
                                + " least 1 characters"),
                row(
                        "an unknown extension",
                        "envoy.extensions.filters.http.router.v3.Router",
                        "foo.Bar",
                        "could not find @type 'type.googleapis.com/foo.Bar'"),
                row(
                        "a network filter as HTTP filter",
                        "envoy.extensions.filters.http.router.v3.Router",
                        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                        "Didn't find a registered implementation for 'envoy.filters.http.router' with"
                                + " type URL: 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'"),
                row(
                        "a domain twice",
                        "[\"*\"]",
                        "[a, a]",
                        "Only unique values for domains are permitted. Duplicate entry of domain a in"
                                + " route r"),
                row(
                        "two catch-alls",
                        "[\"*\"]",
                        "[\"*\", \"*\"]",
                        "Only a single wildcard domain is permitted in route r"),
                row(
                        "a host name in a STATIC cluster",
                        "127.0.0.1, port_value: 1}",
                        "localhost, port_value: 1}",
                        "malformed IP address: localhost. Consider setting resolver_name"),
                row(
                        "an unknown cluster",
                        "{cluster: b}",
                        "{cluster: zz}",
                        "route: unknown cluster 'zz'"),
                row(
                        "EDS without a source",
                        "STATIC",
                        "EDS",
                        "cannot create an EDS cluster without an EDS config"),
                row(
                        "a connect timeout of zero",
                        "type: STATIC",
                        "connect_timeout: 0s",
                        "ClusterValidationError.ConnectTimeout: value must be greater than 0s"),
                row(
                        "a broken expression",
                        "{prefix: /}",
                        "{safe_regex: {regex: \"(a\"}}",
                        "missing ): (a"),
                row(
                        "a cluster twice",
                        "clusters:\n",
                        "clusters:\n  - {name: b}\n",
                        "cluster manager: duplicate cluster 'b'"),
                row(
                        "max below base interval",
                        "{cluster: b}",
                        "{cluster: b, retry_policy: {retry_back_off: {base_interval: 1s,"
                                + " max_interval: 0.5s}}}",
                        "retry_policy.max_interval must greater than or equal to the base_interval"),
                row(
                        "no domains",
                        "[\"*\"]",
                        "[]",
                        "VirtualHostValidationError.Domains: value must contain at least 1 item(s)"),
                row(
                        "no action",
                        "route: {cluster: b}",
                        "name: q",
                        "field: \"action\", reason: is required"),
                row(
                        "no match",
                        "match: {prefix: /}",
                        "name: q",
                        "RouteValidationError.Match: value is"),
                row(
                        "a negative timeout",
                        "{cluster: b}",
                        "{cluster: b, timeout: -1s}",
                        "Expected positive"),
                row(
                        "an unknown operator",
                        "{cluster: b}",
                        "{cluster: b}\n                request_headers_to_add: [{header: {key: a,"
                                + " value: \"%FOO%\"}}]",
                        "Not supported field in StreamInfo: FOO"),
                row(
                        "the host header",
                        "{cluster: b}",
                        "{cluster: b}\n                request_headers_to_add: [{header: {key: host,"
                                + " value: a}}]",
                        ":-prefixed or host headers may not be modified"),
                row(
                        "a status out of range",
                        "route: {cluster: b}",
                        "direct_response: {status: 199}",
                        "value must be inside range [200, 600)"),
                row(
                        "ADS",
                        "admin:",
                        ADS.formatted("DELTA_GRPC", "b").replace("b}", "x}"),
                        "Unknown gRPC"),
                row(
                        "ADS without a node",
                        "node: {id: node1, cluster: c}\nadmin:",
                        ADS.formatted("GRPC", "b"),
                        "ads: node 'id' and 'cluster' are required. Set it either in 'node' config or"
                                + " via --service-node and --service-cluster options."),
                row(
                        "a layer twice",
                        "admin:",
                        "layered_runtime: {layers: [{name: a, static_layer: {}}, {name: a,"
                                + " admin_layer: {}}]}\nadmin:",
                        "Duplicate layer name: a"),
                row(
                        "a flush interval too long",
                        "admin:",
                        "stats_flush_interval: 301s\nadmin:",
                        "value must be inside range [1ms, 5m0s)"),
                row(
                        "broken YAML",
                        "  clusters:",
                        " clusters:",
                        "yaml-cpp: error at line 26, column 2"));
    }

    private static Arguments row(String what, String from, String to, String text) {
        return Arguments.of(what, from, to, text);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void decidesAsEnvoyDoes(String what, String from, String to, String text)
            throws IOException, InterruptedException {
        Path file = folder.resolve("bootstrap.yaml");
        assertThat(GOOD).as(what).contains(from);
        int last = GOOD.lastIndexOf(from);
        Files.writeString(
                file, GOOD.substring(0, last) + to + GOOD.substring(last + from.length()));

        Verdict envoy = envoy(file);
        Verdict ours = ours(file);

        assertThat(ours.code()).as(envoy.text()).isEqualTo(envoy.code());
        if (text.isEmpty()) {
            assertThat(ours.text()).isEqualTo("configuration '" + file + "' OK\n");
            assertThat(envoy.text()).contains(ours.text());
        } else {
            assertThat(envoy.text()).contains(text);
            assertThat(ours.text()).contains(text);
        }
    }

    private record Verdict(int code, String text) {}

    private static Verdict ours(Path file) {
        var out = new ByteArrayOutputStream();
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int code =
                DataPlaneMain.run(
                        new String[] {"--mode", "validate", "-c", file.toString()}, stream, stream);
        return new Verdict(code, out.toString(StandardCharsets.UTF_8));
    }

    private Verdict envoy(Path file) throws IOException, InterruptedException {
        Envoy stock = TestEnvoy.require();
        Path log = folder.resolve("envoy.log");
        Process process =
                new ProcessBuilder(
                                stock.command(
                                        List.of(
                                                "--use-dynamic-base-id",
                                                "--concurrency",
                                                "1",
                                                "-l",
                                                "warning",
                                                "--mode",
                                                "validate",
                                                "-c",
                                                file.toString()),
                                        folder))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        // Envoy varies the spaces of its messages so that nobody compares them literally.
        return new Verdict(process.exitValue(), Files.readString(log).replaceAll(" +", " "));
    }
}
