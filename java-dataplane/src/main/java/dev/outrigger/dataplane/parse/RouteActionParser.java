// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
import dev.outrigger.dataplane.config.RouteActionConfig.WeightedCluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;

/** {@code RouteAction}, {@code RedirectAction} and {@code DirectResponseAction}. */
final class RouteActionParser {
    private static final SupportedFields CLUSTER_WEIGHT =
            SupportedFields.of(ClusterWeight.getDescriptor())
                    .obeyed(
                            "name",
                            "weight",
                            "request_headers_to_remove",
                            "response_headers_to_remove",
                            "host_rewrite_literal")
                    .nested("request_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("response_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .extension("typed_per_filter_config", PerFilterConfigParser.types());

    private static final SupportedFields WEIGHTED =
            SupportedFields.of(io.envoyproxy.envoy.config.route.v3.WeightedCluster.getDescriptor())
                    .nested("clusters", () -> CLUSTER_WEIGHT)
                    .noEffect("total_weight", "Envoy ignores it too (A3)");

    static final SupportedFields ROUTE =
            SupportedFields.of(RouteAction.getDescriptor())
                    .obeyed(
                            "cluster",
                            "cluster_header",
                            "cluster_not_found_response_code",
                            "prefix_rewrite",
                            "host_rewrite_literal",
                            "auto_host_rewrite",
                            "append_x_forwarded_host",
                            "timeout",
                            "idle_timeout",
                            "priority")
                    .nested("weighted_clusters", () -> WEIGHTED)
                    .nested("retry_policy", () -> RetryPolicyParser.POLICY)
                    .noEffect("rate_limits", "read only by rate limit filters, which are refused")
                    .noEffect(
                            "include_vh_rate_limits",
                            "read only by rate limit filters, which are refused");

    static final SupportedFields REDIRECT =
            SupportedFields.of(RedirectAction.getDescriptor())
                    .obeyed(
                            "https_redirect",
                            "scheme_redirect",
                            "host_redirect",
                            "port_redirect",
                            "path_redirect",
                            "prefix_rewrite",
                            "response_code",
                            "strip_query");

    private static final SupportedFields BODY =
            SupportedFields.of(DataSource.getDescriptor(), "direct response body")
                    .obeyed("inline_string", "inline_bytes");

    static final SupportedFields DIRECT_RESPONSE =
            SupportedFields.of(DirectResponseAction.getDescriptor())
                    .obeyed("status")
                    .nested("body", () -> BODY);

    /** U1. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    private static final long MAX_TOTAL_WEIGHT = 0xFFFF_FFFFL;

    private RouteActionParser() {}

    /**
     * @param routeName for texts only
     */
    static Forward forward(RouteAction proto, String routeName, String path, Findings findings) {
        return new Forward(
                clusters(proto, routeName, path, findings),
                proto.hasTimeout()
                        ? Values.duration(
                                proto.getTimeout(), FieldPaths.join(path, "timeout"), findings)
                        : DEFAULT_TIMEOUT,
                proto.hasIdleTimeout()
                        ? Optional.of(
                                Values.duration(
                                        proto.getIdleTimeout(),
                                        FieldPaths.join(path, "idle_timeout"),
                                        findings))
                        : Optional.empty(),
                proto.hasRetryPolicy()
                        ? Optional.of(
                                RetryPolicyParser.parse(
                                        proto.getRetryPolicy(),
                                        FieldPaths.join(path, "retry_policy"),
                                        findings))
                        : Optional.empty(),
                proto.getHostRewriteLiteral(),
                proto.getAutoHostRewrite().getValue(),
                proto.getPrefixRewrite(),
                proto.getAppendXForwardedHost(),
                proto.getPriority() == RoutingPriority.HIGH,
                switch (proto.getClusterNotFoundResponseCode()) {
                    case NOT_FOUND -> 404;
                    case INTERNAL_SERVER_ERROR -> 500;
                    case SERVICE_UNAVAILABLE, UNRECOGNIZED -> 503;
                });
    }

    private static ClusterSpecifier clusters(
            RouteAction proto, String routeName, String path, Findings findings) {
        return switch (proto.getClusterSpecifierCase()) {
            case CLUSTER -> new ClusterSpecifier.Single(proto.getCluster());
            case CLUSTER_HEADER ->
                    new ClusterSpecifier.Header(proto.getClusterHeader().toLowerCase(Locale.ROOT));
            case WEIGHTED_CLUSTERS ->
                    weighted(
                            proto, routeName, FieldPaths.join(path, "weighted_clusters"), findings);
            // All were reported before: by the table, and by the oneof's own constraint.
            case CLUSTER_SPECIFIER_PLUGIN,
                    INLINE_CLUSTER_SPECIFIER_PLUGIN,
                    CLUSTERSPECIFIER_NOT_SET ->
                    new ClusterSpecifier.Single("");
        };
    }

    private static ClusterSpecifier weighted(
            RouteAction proto, String routeName, String path, Findings findings) {
        var weighted = new ArrayList<WeightedCluster>();
        long total = 0;
        for (int i = 0; i < proto.getWeightedClusters().getClustersCount(); i++) {
            ClusterWeight each = proto.getWeightedClusters().getClusters(i);
            String at = FieldPaths.index(FieldPaths.join(path, "clusters"), i);
            if (!each.hasWeight()) {
                findings.invalid(
                        at, each.getName(), "Field 'weight' is missing in: " + each.getName());
            }
            if (each.getName().isEmpty()) {
                findings.invalid(
                        at + ".name",
                        "",
                        "At least one of name or cluster_header need to be specified");
            }
            total += Values.unsigned(each.getWeight());
            weighted.add(
                    new WeightedCluster(
                            each.getName(),
                            Values.unsigned(each.getWeight()),
                            HeaderEditsParser.parse(
                                    each.getRequestHeadersToAddList(),
                                    each.getRequestHeadersToRemoveList(),
                                    at,
                                    "request",
                                    findings),
                            HeaderEditsParser.parse(
                                    each.getResponseHeadersToAddList(),
                                    each.getResponseHeadersToRemoveList(),
                                    at,
                                    "response",
                                    findings),
                            each.getHostRewriteLiteral(),
                            PerFilterConfigParser.parse(
                                    each.getTypedPerFilterConfigMap(), at, findings)));
        }
        if (total == 0) {
            findings.invalid(
                    path, 0, "Sum of weights in the weighted_cluster must be greater than 0.");
        } else if (total > MAX_TOTAL_WEIGHT) {
            findings.invalid(
                    path,
                    total,
                    "The sum of weights of all weighted clusters of route "
                            + routeName
                            + " exceeds 4294967295");
        }
        return new ClusterSpecifier.Weighted(weighted, total);
    }

    static Redirect redirect(RedirectAction proto) {
        return new Redirect(
                switch (proto.getResponseCode()) {
                    case FOUND -> 302;
                    case SEE_OTHER -> 303;
                    case TEMPORARY_REDIRECT -> 307;
                    case PERMANENT_REDIRECT -> 308;
                    case MOVED_PERMANENTLY, UNRECOGNIZED -> 301;
                },
                proto.getSchemeRedirect(),
                proto.getHttpsRedirect(),
                proto.getHostRedirect(),
                Values.clamp(Integer.toUnsignedLong(proto.getPortRedirect())),
                proto.getPathRedirect(),
                proto.getPrefixRewrite(),
                proto.getStripQuery());
    }

    /**
     * @param maxBodyBytes {@code max_direct_response_body_size_bytes}
     */
    static DirectResponse directResponse(
            DirectResponseAction proto, long maxBodyBytes, String path, Findings findings) {
        DataSource source = proto.getBody();
        String body =
                source.hasInlineBytes()
                        ? source.getInlineBytes().toStringUtf8()
                        : source.getInlineString();
        int size = body.getBytes(StandardCharsets.UTF_8).length;
        if (size > maxBodyBytes) {
            findings.invalid(
                    FieldPaths.join(path, "body"),
                    size + " bytes",
                    "response body size is " + size + " bytes; maximum is " + maxBodyBytes);
        }
        return new DirectResponse(proto.getStatus(), body);
    }
}
