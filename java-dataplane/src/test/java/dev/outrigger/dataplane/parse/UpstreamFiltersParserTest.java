// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.XDS;
import static dev.outrigger.dataplane.parse.Outcomes.accepted;
import static dev.outrigger.dataplane.parse.Outcomes.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.filter.buffer.BufferConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamFiltersParserTest {
    private static final String TYPES = "type.googleapis.com/envoy.extensions.filters.http.";
    private static final String CODEC = "upstream_codec.v3.UpstreamCodec";
    private static final String MUTATION = "header_mutation.v3.HeaderMutation";

    private static String filter(String name, String type, String more) {
        return "{name: " + name + ", typed_config: {\"@type\": " + TYPES + type + "}" + more + "}";
    }

    private static Parsed<ClusterConfig> cluster(String... filters) {
        String yaml =
                """
                name: a
                type: STATIC
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config: {http_protocol_options: {}}
                    http_filters: [%s]
                """
                        .formatted(String.join(", ", filters));
        return ClusterParser.parse(Protos.cluster(yaml), XDS);
    }

    @Test
    void keepsTheFiltersInFrontOfTheCodec() {
        ClusterConfig config =
                accepted(
                        cluster(filter("m", MUTATION, ", disabled: true"), filter("c", CODEC, "")));

        assertThat(config.http().hasFilters()).isTrue();
        assertThat(config.http().filters()).hasSize(1);
        HttpFilterEntry only = config.http().filters().getFirst();
        assertThat(only.name()).isEqualTo("m");
        assertThat(only.disabled()).isTrue();
    }

    @Test
    void takesABuffer() {
        String buffer =
                "{name: b, typed_config: {\"@type\": "
                        + TYPES
                        + "buffer.v3.Buffer, max_request_bytes: 7}}";

        ClusterConfig config = accepted(cluster(buffer, filter("c", CODEC, "")));

        assertThat(config.http().filters())
                .containsExactly(new HttpFilterEntry("b", false, new BufferConfig(7)));
    }

    @ParameterizedTest
    @CsvSource({
        "cors.v3.Cors",
        "fault.v3.HTTPFault",
        "health_check.v3.HealthCheck",
        "local_ratelimit.v3.LocalRateLimit",
        "on_demand.v3.OnDemand",
        "set_metadata.v3.Config",
        "dynamic_forward_proxy.v3.FilterConfig",
        "router.v3.Router",
    })
    void refusesFiltersOfClientsAsUnknown(String type) {
        Rejection rejection = only(cluster(filter("f", type, ""), filter("c", CODEC, "")));

        assertThat(rejection.path()).contains("http_filters[0].typed_config");
        assertThat(rejection.reason())
                .isEqualTo(
                        "Didn't find a registered implementation for 'f' with type URL:"
                                + " 'envoy.extensions.filters.http."
                                + type
                                + "'");
    }

    @Test
    void leavesOutAnOptionalFilterOfClients() {
        ClusterConfig config =
                accepted(
                        cluster(
                                filter("f", "cors.v3.Cors", ", is_optional: true"),
                                filter("c", CODEC, "")));

        assertThat(config.http().filters()).isEmpty();
    }

    @Test
    void hasNoneUnlessTheyAreNamed() {
        ClusterConfig config = accepted(cluster());

        assertThat(config.http().hasFilters()).isFalse();
        assertThat(config.http().filters()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "header_mutation.v3.HeaderMutation|''|''| The codec filter is the only valid terminal upstream HTTP filter, use 'envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec'",
                "upstream_codec.v3.UpstreamCodec|upstream_codec.v3.UpstreamCodec|''| Error: terminal filter named a of type envoy.filters.http.upstream_codec must be the last filter in a upstream http filter chain.",
                "header_mutation.v3.HeaderMutation|upstream_codec.v3.UpstreamCodec|', disabled: true'| Error: the last (terminal) filter (b) in the chain cannot be disabled by default.",
            })
    void refusesInEnvoysWords(String first, String second, String more, String reason) {
        Parsed<ClusterConfig> parsed =
                second.isEmpty()
                        ? cluster(filter("a", first, more))
                        : cluster(filter("a", first, ""), filter("b", second, more));

        assertThat(only(parsed).reason()).isEqualTo(reason);
    }

    @Test
    void refusesARouterWithoutACodec() {
        var listener =
                Protos.listener(
                        """
                        name: l
                        address: {socket_address: {address: 127.0.0.1, port_value: 80}}
                        filter_chains:
                        - filters:
                          - name: hcm
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                              stat_prefix: ingress
                              route_config: {}
                              http_filters:
                              - name: r
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                                  upstream_http_filters: [{name: m, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation}}]
                        """);

        assertThat(only(ListenerParser.parse(listener, XDS)).reason())
                .isEqualTo(
                        "Error: non-terminal filter named m of type"
                                + " envoy.filters.http.header_mutation is the last filter in a"
                                + " router upstream http filter chain. When upstream_http_filters"
                                + " are specified, they must explicitly end with an UpstreamCodec"
                                + " filter.");
    }
}
