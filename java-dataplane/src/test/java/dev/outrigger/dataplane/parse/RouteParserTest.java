// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.XDS;
import static dev.outrigger.dataplane.parse.Outcomes.accepted;
import static dev.outrigger.dataplane.parse.Outcomes.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.RetryPolicyConfig;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryHostPredicate;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryOn;
import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.HostRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.PathRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
import dev.outrigger.dataplane.config.RouteActionConfig.Timeouts;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.PathMatch;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteParserTest {
    private static final String ROUTE = "virtual_hosts[0].routes[0]";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
"""
{match: {prefix: /, dynamic_metadata: [{filter: a, path: [{key: b}], value: {string_match: {safe_regex: {regex: "(a"}}}}]}, route: {cluster: b}} | match.dynamic_metadata[0].value.string_match.safe_regex.regex | missing ): (a
{match: {prefix: /, filter_state: [{key: a, address_match: {ranges: [{address_prefix: x}]}}]}, route: {cluster: b}} | match.filter_state[0].address_match.ranges[0].address_prefix | malformed IP address: x
{match: {prefix: /}, filter_action: {}}                                              | filter_action | not supported by this proxy
{match: {safe_regex: {regex: "(a"}}, route: {cluster: b}}                            | match.safe_regex.regex | missing ): (a
{match: {prefix: /, headers: [{name: a, string_match: {safe_regex: {regex: "["}}}]}, route: {cluster: b}} | match.headers[0].string_match.safe_regex.regex | missing ]: [
{match: {prefix: /}, route: {cluster: b, timeout: -1s}}                              | route.timeout | Invalid duration: Expected positive duration: seconds: -1 nanos: 0
{match: {prefix: /}, route: {cluster_specifier_plugin: x}}                           | route.cluster_specifier_plugin | Unknown cluster specifier plugin name: x is used in the route
{match: {prefix: /}, route: {inline_cluster_specifier_plugin: {extension: {name: x, typed_config: {"@type": type.googleapis.com/google.protobuf.Any}}}}} | route.inline_cluster_specifier_plugin.extension | Didn't find a registered implementation for 'x' with type URL: 'google.protobuf.Any'
{match: {prefix: /}, route: {cluster: b, upgrade_configs: [{upgrade_type: a}, {upgrade_type: A}]}} | route.upgrade_configs[1] | Duplicate upgrade A
{match: {prefix: /}, route: {cluster: b, upgrade_configs: [{upgrade_type: a, connect_config: {}}]}} | route.upgrade_configs[0].connect_config | Non-CONNECT upgrade type a has ConnectConfig
{match: {prefix: /}, route: {cluster: b, upgrade_configs: [{upgrade_type: connect-udp, connect_config: {}}]}} | route.upgrade_configs[0].connect_config | UDP in CONNECT is not supported
{match: {prefix: /}, route: {cluster: b, request_mirror_policies: [{}]}} | route.request_mirror_policies[0] | Exactly one of cluster or cluster_header in request mirror policy need to be specified
{match: {prefix: /}, route: {cluster: b, request_mirror_policies: [{cluster: c, cluster_header: d}]}} | route.request_mirror_policies[0] | Only one of cluster 'c' or cluster_header 'd' in request mirror policy can be specified
{match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: b, cluster_header: c, weight: 1}]}}} | route.weighted_clusters.clusters[0].cluster_header | Only one of name or cluster_header can be specified
{match: {prefix: /}, route: {cluster: b, prefix_rewrite: /a, regex_rewrite: {pattern: {regex: a}, substitution: b}}} | route | Specify only one of prefix_rewrite, regex_rewrite or path_rewrite_policy
{match: {prefix: /}, route: {cluster: b, regex_rewrite: {pattern: {regex: "(a"}}}} | route.regex_rewrite.pattern.regex | missing ): (a
{match: {prefix: /}, route: {cluster: b, internal_redirect_policy: {response_headers_to_copy: [":authority"]}}} | route.internal_redirect_policy.response_headers_to_copy[0] | :-prefixed headers or Hosts may not be specified here.
{match: {prefix: /}, direct_response: {status: 200, body: {environment_variable: OUTRIGGER_NOT_THERE}}} | direct_response.body.environment_variable | Environment variable doesn't exist: OUTRIGGER_NOT_THERE
{match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: b, weight: 0}]}}} | route.weighted_clusters | Sum of weights in the weighted_cluster must be greater than 0.
{match: {prefix: /}, name: q, route: {weighted_clusters: {clusters: [{name: b, weight: 4294967295}, {name: c, weight: 1}]}}} | route.weighted_clusters | The sum of weights of all weighted clusters of route q exceeds 4294967295
{match: {prefix: /}, route: {cluster: b, retry_policy: {retry_on: 5xx, retry_back_off: {base_interval: 1s, max_interval: 0.5s}}}} | route.retry_policy.retry_back_off.max_interval | retry_policy.max_interval must greater than or equal to the base_interval
{match: {prefix: /}, route: {cluster: b, retry_policy: {retry_host_predicate: [{name: foo}]}}} | route.retry_policy.retry_host_predicate[0] | Didn't find a registered implementation for 'foo' with type URL: ''
{match: {prefix: /}, route: {cluster: b, retry_policy: {retry_priority: {name: foo}}}} | route.retry_policy.retry_priority | Didn't find a registered implementation for 'foo' with type URL: ''
{match: {prefix: /}, route: {cluster: b}, request_headers_to_add: [{header: {key: host, value: a}}]} | request_headers_to_add[0].header.key | :-prefixed or host headers may not be modified
{match: {prefix: /}, route: {cluster: b}, request_headers_to_add: [{header: {key: a, value: "%FOO%"}}]} | request_headers_to_add[0].header.value | Not supported field in StreamInfo: FOO
{match: {prefix: /}, route: {cluster: b}, request_headers_to_add: [{header: {key: a, value: "100%"}}]} | request_headers_to_add[0].header.value | Incorrect configuration: 100%. Couldn't find valid command at position 3
{match: {prefix: /}, route: {cluster: b}, response_headers_to_remove: [":status"]}   | response_headers_to_remove[0] | :-prefixed or host headers may not be removed
{match: {prefix: /}, route: {cluster: b}, request_headers_to_add: [{append: true, append_action: ADD_IF_ABSENT, header: {key: a, value: b}}]} | request_headers_to_add[0].append_action | Both append and append_action are set and it's not allowed
{match: {prefix: /}, direct_response: {status: 200, body: {filename: /x}}}           | direct_response.body.filename | file /x does not exist
{match: {prefix: /}, route: {cluster: b}, typed_per_filter_config: {a: {"@type": type.googleapis.com/google.protobuf.Any}}} | typed_per_filter_config[a] | Didn't find a registered implementation for 'a' with type URL: 'google.protobuf.Any'
""")
    void refusesWithTheExactPath(String route, String path, String reason) {
        Rejection rejection = only(RouteParser.parse(Protos.withRoute(route), XDS));

        assertThat(rejection.path()).isEqualTo(ROUTE + "." + path);
        assertThat(rejection.reason()).isEqualTo(reason);
    }

    @Test
    void pinsTheDefaultsOfARouteAction() {
        Forward forward = (Forward) route("{match: {prefix: /}, route: {cluster: b}}").action();

        assertThat(forward)
                .isEqualTo(
                        new Forward(
                                new ClusterSpecifier.Single("b"),
                                503,
                                Optional.empty(),
                                new PathRewrite.None(),
                                new HostRewrite.None(),
                                false,
                                new Timeouts(
                                        Duration.ofSeconds(15),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Map.of(),
                                Optional.empty(),
                                false));
    }

    @Test
    void pinsTheDefaultsOfARetryPolicy() {
        var route =
                route("{match: {prefix: /}, route: {cluster: b, retry_policy: {retry_on: 5xx}}}");

        assertThat(((Forward) route.action()).retryPolicy())
                .contains(
                        new RetryPolicyConfig(
                                Set.of(RetryOn.FIVE_XX),
                                1,
                                Optional.empty(),
                                Optional.empty(),
                                Set.of(),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                Optional.empty(),
                                1));
    }

    @Test
    void readsEveryFieldOfARetryPolicy() {
        var route =
                route(
                        """
                        match: {prefix: /}
                        route:
                          cluster: b
                          retry_policy:
                            retry_on: "5xx, reset,bogus,retriable-status-codes"
                            num_retries: 4
                            per_try_timeout: 1s
                            per_try_idle_timeout: 0s
                            retriable_status_codes: [409, 503]
                            retriable_headers: [{name: X-Retry}]
                            retriable_request_headers: [{name: ":method", string_match: {exact: GET}}]
                            retry_back_off: {base_interval: 0.0005s}
                            host_selection_retry_max_attempts: 5
                            retry_host_predicate:
                            - name: envoy.retry_host_predicates.previous_hosts
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate
                        """);

        RetryPolicyConfig policy = ((Forward) route.action()).retryPolicy().orElseThrow();
        assertThat(policy.retryOn())
                .containsExactlyInAnyOrder(
                        RetryOn.FIVE_XX, RetryOn.RESET, RetryOn.RETRIABLE_STATUS_CODES);
        assertThat(policy.numRetries()).isEqualTo(4);
        assertThat(policy.perTryTimeout()).contains(Duration.ofSeconds(1));
        assertThat(policy.perTryIdleTimeout()).isEmpty();
        assertThat(policy.retriableStatusCodes()).containsExactlyInAnyOrder(409, 503);
        assertThat(policy.retriableHeaders().getFirst().name()).isEqualTo("x-retry");
        assertThat(policy.retriableRequestHeaders().getFirst().match())
                .isEqualTo(new ValueMatch.Exact("GET", false));
        assertThat(policy.baseInterval()).contains(Duration.ofMillis(1));
        assertThat(policy.maxInterval()).isEmpty();
        assertThat(policy.hostPredicates()).containsExactly(new RetryHostPredicate.PreviousHosts());
        assertThat(policy.hostSelectionRetryMaxAttempts()).isEqualTo(5);
    }

    @Test
    void readsMatches() {
        var match =
                route(
                                """
                                match:
                                  path_separated_prefix: /a
                                  case_sensitive: false
                                  headers:
                                  - {name: A, exact_match: x}
                                  - {name: b, range_match: {start: 1, end: 5}, invert_match: true}
                                  - {name: c, exact_match: ""}
                                  - {name: d, treat_missing_header_as_empty: true, string_match: {suffix: z, ignore_case: true}}
                                  query_parameters:
                                  - {name: q, string_match: {prefix: p}}
                                  - {name: r, present_match: false}
                                route: {cluster: b}
                                """)
                        .match();

        assertThat(match.path()).isEqualTo(new PathMatch.PathSeparatedPrefix("/a"));
        assertThat(match.caseSensitive()).isFalse();
        assertThat(match.headers())
                .extracting(h -> h.name(), h -> h.invert(), h -> h.match())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "a", false, new ValueMatch.Exact("x", false)),
                        org.assertj.core.groups.Tuple.tuple("b", true, new ValueMatch.Range(1, 5)),
                        org.assertj.core.groups.Tuple.tuple(
                                "c", false, new ValueMatch.Present(true)),
                        org.assertj.core.groups.Tuple.tuple(
                                "d", false, new ValueMatch.Suffix("z", true)));
        assertThat(match.headers().get(3).treatMissingAsEmpty()).isTrue();
        assertThat(match.queryParameters())
                .extracting(q -> q.match())
                .containsExactly(new ValueMatch.Prefix("p", false), new ValueMatch.Present(false));
    }

    @Test
    void readsRedirectsAndDirectResponses() {
        assertThat(
                        route(
                                        "{match: {prefix: /}, redirect: {https_redirect: true,"
                                                + " port_redirect: 443, response_code: FOUND}}")
                                .action())
                .isEqualTo(new Redirect(302, "", true, "", 443, "", new PathRewrite.None(), false));
        assertThat(
                        route(
                                        "{match: {prefix: /}, direct_response: {status: 204, body:"
                                                + " {inline_string: hi}}}")
                                .action())
                .isEqualTo(new DirectResponse(204, "hi"));
    }

    @Test
    void readsHeaderEdits() {
        var edits =
                route(
                                """
                                match: {prefix: /}
                                route: {cluster: b}
                                request_headers_to_add:
                                - {header: {key: A, value: "1"}}
                                - {header: {key: b, value: "2"}, append: false}
                                - {header: {key: c, value: ""}, append_action: ADD_IF_ABSENT, keep_empty_value: true}
                                request_headers_to_remove: [X-Y]
                                """)
                        .requestHeaders();

        assertThat(edits)
                .isEqualTo(
                        new HeaderEdits(
                                java.util.List.of(
                                        new HeaderEdits.Add(
                                                "a",
                                                "1",
                                                HeaderEdits.AppendAction.APPEND_IF_EXISTS_OR_ADD,
                                                false),
                                        new HeaderEdits.Add(
                                                "b",
                                                "2",
                                                HeaderEdits.AppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
                                                false),
                                        new HeaderEdits.Add(
                                                "c",
                                                "",
                                                HeaderEdits.AppendAction.ADD_IF_ABSENT,
                                                true)),
                                java.util.List.of("x-y")));
    }

    @Test
    void refusesADomainTwiceWhateverItsCase() {
        var table =
                Protos.routes(
                        """
                        name: r
                        virtual_hosts:
                        - {name: v, domains: [a.example, b]}
                        - {name: w, domains: [A.example]}
                        """);

        Rejection rejection = only(RouteParser.parse(table, XDS));

        assertThat(rejection.message())
                .isEqualTo(
                        "virtual_hosts[1].domains[0]: Only unique values for domains are"
                                + " permitted. Duplicate entry of domain a.example in route r");
    }

    @Test
    void refusesASecondCatchAll() {
        var table =
                Protos.routes(
                        """
                        name: r
                        virtual_hosts: [{name: v, domains: ["*"]}, {name: w, domains: ["*"]}]
                        """);

        assertThat(only(RouteParser.parse(table, XDS)).reason())
                .isEqualTo("Only a single wildcard domain is permitted in route r");
    }

    @Test
    void asksForClustersOnlyWhenToldTo() {
        String host =
                "virtual_hosts: [{name: v, domains: [a], routes: [{match: {prefix: /}, route:"
                        + " {cluster: zz}}]}]\n";

        accepted(RouteParser.parse(Protos.routes(host), XDS));
        assertThat(
                        only(RouteParser.parse(
                                        Protos.routes(host + "validate_clusters: true"), XDS))
                                .message())
                .isEqualTo(ROUTE + ".route.cluster: route: unknown cluster 'zz'");
    }

    @Test
    void limitsTheBodyOfADirectResponse() {
        String route =
                "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: %s}}}";

        route(route.formatted("x".repeat(4096)));
        assertThat(
                        only(RouteParser.parse(
                                        Protos.withRoute(route.formatted("x".repeat(4097))), XDS))
                                .reason())
                .isEqualTo("response body size is 4097 bytes; maximum is 4096");
    }

    @Test
    void refusesTheWholeResponseForAConstraintOnly() {
        var constraint = Protos.routes("{virtual_hosts: [{name: '', domains: [a]}]}");
        var semantic = Protos.withRoute("{match: {safe_regex: {regex: '('}}, route: {cluster: b}}");

        assertThat(Outcomes.rejected(RouteParser.parse(constraint, XDS)).refusesWholeResponse())
                .isTrue();
        assertThat(Outcomes.rejected(RouteParser.parse(semantic, XDS)).refusesWholeResponse())
                .isFalse();
    }

    private static RouteConfig route(String yaml) {
        return accepted(RouteParser.parse(Protos.withRoute(yaml), XDS))
                .virtualHosts()
                .getFirst()
                .routes()
                .getFirst();
    }
}
