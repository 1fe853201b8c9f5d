// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.MatchTreeConfig;
import dev.outrigger.dataplane.config.RouteActionConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.VirtualClusterConfig;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig.TlsRequirement;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.Vhds;
import io.envoyproxy.envoy.config.route.v3.VirtualCluster;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code envoy.config.route.v3.RouteConfiguration} to {@link RouteTable}. */
public final class RouteParser {
    static final SupportedFields ROUTE =
            SupportedFields.of(Route.class)
                    .obeyed(
                            "name",
                            "request_headers_to_remove",
                            "response_headers_to_remove",
                            "per_request_buffer_limit_bytes",
                            "stat_prefix",
                            "non_forwarding_action")
                    .nested("match", () -> RouteMatchParser.MATCH)
                    .nested("route", () -> RouteActionParser.ROUTE)
                    .nested("redirect", () -> OwnAnswerParser.REDIRECT)
                    .nested("direct_response", () -> OwnAnswerParser.DIRECT_RESPONSE)
                    .nested("request_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("response_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .extension("typed_per_filter_config", PerFilterConfigParser.types())
                    .nested("metadata", () -> MetadataParser.METADATA)
                    .noEffect("decorator", "read only by tracing, which is refused")
                    .noEffect("tracing", "read only by tracing, which is refused");

    private static final SupportedFields VIRTUAL_CLUSTER =
            SupportedFields.of(VirtualCluster.class)
                    .obeyed("name")
                    .nested("headers", () -> RouteMatchParser.HEADER);

    static final SupportedFields VIRTUAL_HOST =
            SupportedFields.of(VirtualHost.class)
                    .obeyed(
                            "name",
                            "domains",
                            "request_headers_to_remove",
                            "response_headers_to_remove",
                            "include_request_attempt_count",
                            "include_attempt_count_in_response",
                            "include_is_timeout_retry_header",
                            "per_request_buffer_limit_bytes",
                            "require_tls")
                    .nested("virtual_clusters", () -> VIRTUAL_CLUSTER)
                    .nested("hedge_policy", () -> RouteActionParser.HEDGE)
                    .nested("request_mirror_policies", () -> MirrorPolicyParser.MIRROR)
                    .nested("routes", () -> ROUTE)
                    .nested("matcher", () -> MatchTreeFields.MATCHER)
                    .nested("retry_policy", () -> RetryPolicyParser.POLICY)
                    .nested("request_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("response_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("rate_limits", () -> RateLimitParser.RATE_LIMIT)
                    .nested("cors", () -> CorsFilterParser.ROUTE_POLICY)
                    .extension("typed_per_filter_config", PerFilterConfigParser.types())
                    .nested("metadata", () -> MetadataParser.METADATA);

    private static final SupportedFields VHDS =
            SupportedFields.of(Vhds.class).nested("config_source", () -> ConfigSourceParser.SOURCE);

    static final SupportedFields ROUTE_CONFIGURATION =
            SupportedFields.of(RouteConfiguration.class)
                    .obeyed(
                            "name",
                            "internal_only_headers",
                            "request_headers_to_remove",
                            "response_headers_to_remove",
                            "most_specific_header_mutations_wins",
                            "validate_clusters",
                            "max_direct_response_body_size_bytes",
                            "ignore_port_in_host_matching",
                            "ignore_path_parameters_in_path_matching")
                    .nested("request_mirror_policies", () -> MirrorPolicyParser.MIRROR)
                    .nested(
                            "cluster_specifier_plugins",
                            () -> ClusterSpecifierPlugins.PLUGIN,
                            "there are none: only optional ones are accepted")
                    .nested("virtual_hosts", () -> VIRTUAL_HOST)
                    .nested("vhds", () -> VHDS)
                    .nested("request_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("response_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .extension("typed_per_filter_config", PerFilterConfigParser.types())
                    .noEffect("metadata", "nothing that reads it is supported");

    /** J5. */
    private static final long DEFAULT_MAX_DIRECT_RESPONSE_BODY_BYTES = 4096;

    /** What routes need of their table. */
    private record Scope(long maxBodyBytes, Set<String> plugins) {}

    private RouteParser() {}

    /** A resource of its own; {@code validate_clusters} is off unless asked for (A1). */
    public static Parsed<RouteTable> parse(RouteConfiguration given, ParseContext context) {
        var findings = new Findings(context);
        var proto = TypedStructs.resolve(given, ROUTE_CONFIGURATION, findings);
        findings.checkResource(proto, ROUTE_CONFIGURATION);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        RouteTable table = table(proto, false, "", findings);
        return findings.result(() -> table);
    }

    /**
     * The table inside an HTTP connection manager, whose constraints and fields were checked with
     * it.
     *
     * @param validateClusters the default of {@code validate_clusters}
     */
    static RouteTable table(
            RouteConfiguration proto, boolean validateClusters, String path, Findings findings) {
        checkDomains(proto, path, findings);
        var scope =
                new Scope(
                        proto.hasMaxDirectResponseBodySizeBytes()
                                ? Values.unsigned(proto.getMaxDirectResponseBodySizeBytes())
                                : DEFAULT_MAX_DIRECT_RESPONSE_BODY_BYTES,
                        ClusterSpecifierPlugins.names(
                                proto.getClusterSpecifierPluginsList(),
                                FieldPaths.join(path, "cluster_specifier_plugins"),
                                findings));
        var mirrors =
                MirrorPolicyParser.parse(
                        proto.getRequestMirrorPoliciesList(),
                        FieldPaths.join(path, "request_mirror_policies"),
                        findings);
        var hosts = new ArrayList<VirtualHostConfig>();
        for (int i = 0; i < proto.getVirtualHostsCount(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "virtual_hosts"), i);
            hosts.add(virtualHost(proto.getVirtualHosts(i), scope, at, findings));
        }
        BoolValue wanted = proto.getValidateClusters();
        if (proto.hasValidateClusters() ? wanted.getValue() : validateClusters) {
            ClusterReferences.check(hosts, mirrors, path, findings);
        }
        return new RouteTable(
                proto.getName(),
                hosts,
                HeaderEditsParser.parse(
                        proto.getRequestHeadersToAddList(),
                        proto.getRequestHeadersToRemoveList(),
                        path,
                        "request",
                        findings),
                HeaderEditsParser.parse(
                        proto.getResponseHeadersToAddList(),
                        proto.getResponseHeadersToRemoveList(),
                        path,
                        "response",
                        findings),
                proto.getInternalOnlyHeadersList().stream().map(h -> Ascii.lower(h)).toList(),
                mirrors,
                proto.getIgnorePortInHostMatching(),
                proto.getIgnorePathParametersInPathMatching(),
                proto.getMostSpecificHeaderMutationsWins(),
                PerFilterConfigParser.parse(proto.getTypedPerFilterConfigMap(), path, findings),
                vhds(proto, path, findings),
                Values.contentHash(proto));
    }

    private static Optional<ConfigSourceConfig> vhds(
            RouteConfiguration proto, String path, Findings findings) {
        if (!proto.hasVhds()) {
            return Optional.empty();
        }
        String at = FieldPaths.join(path, "vhds.config_source");
        var source =
                ConfigSourceParser.source(
                        proto.getVhds().getConfigSource(), Asker.VIRTUAL_HOSTS, at, findings);
        boolean delta =
                source.isEmpty()
                        || source.get() instanceof ConfigSourceConfig.Ads
                        || (source.get() instanceof ConfigSourceConfig.Grpc(var api, var _)
                                && api.variant() == GrpcXdsConfig.Variant.DELTA);
        if (!delta) {
            findings.invalid(
                    at,
                    "",
                    "vhds: only 'DELTA_GRPC' or 'ADS' (which uses Delta xDS) is supported as a"
                            + " config source.");
        }
        if (proto.getVhds().getConfigSource().hasAds()) {
            switch (findings.context().ads()) {
                case NONE ->
                        findings.invalid(
                                at,
                                "",
                                "vhds: ADS config source specified but no ADS configured in"
                                        + " bootstrap.");
                case STATE_OF_THE_WORLD ->
                        findings.invalid(
                                at,
                                "",
                                "vhds: ADS must use DELTA_GRPC api_type when used as VHDS config"
                                        + " source.");
                case DELTA -> {}
            }
        }
        return source;
    }

    /** A virtual host that comes over VHDS. */
    public static Parsed<VirtualHostConfig> virtualHost(VirtualHost given, ParseContext context) {
        var findings = new Findings(context);
        VirtualHost proto = TypedStructs.resolve(given, VIRTUAL_HOST, findings);
        findings.checkResource(proto, VIRTUAL_HOST);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        var scope = new Scope(DEFAULT_MAX_DIRECT_RESPONSE_BODY_BYTES, Set.of());
        VirtualHostConfig host = virtualHost(proto, scope, "", findings);
        return findings.result(() -> host);
    }

    /** V5: no domain twice in a table, whatever its case, and one catch-all at most. */
    private static void checkDomains(RouteConfiguration proto, String path, Findings findings) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < proto.getVirtualHostsCount(); i++) {
            VirtualHost host = proto.getVirtualHosts(i);
            String hostPath = FieldPaths.index(FieldPaths.join(path, "virtual_hosts"), i);
            for (int j = 0; j < host.getDomainsCount(); j++) {
                String domain = Ascii.lower(host.getDomains(j));
                if (!seen.add(domain)) {
                    findings.invalid(
                            FieldPaths.index(hostPath + ".domains", j),
                            domain,
                            domain.equals("*")
                                    ? "Only a single wildcard domain is permitted in route "
                                            + proto.getName()
                                    : "Only unique values for domains are permitted. Duplicate"
                                            + " entry of domain "
                                            + domain
                                            + " in route "
                                            + proto.getName());
                }
            }
        }
    }

    private static VirtualHostConfig virtualHost(
            VirtualHost proto, Scope scope, String path, Findings findings) {
        var routes = new ArrayList<RouteConfig>();
        for (int i = 0; i < proto.getRoutesCount(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "routes"), i);
            routes.add(route(proto.getRoutes(i), scope, at, findings));
        }
        return new VirtualHostConfig(
                proto.getName(),
                proto.getDomainsList().stream().map(d -> Ascii.lower(d)).toList(),
                routes,
                matcher(proto, scope, path, findings),
                switch (proto.getRequireTls()) {
                    case ALL -> TlsRequirement.ALL;
                    case EXTERNAL_ONLY -> TlsRequirement.EXTERNAL_ONLY;
                    case NONE, UNRECOGNIZED -> TlsRequirement.NONE;
                },
                virtualClusters(proto, path, findings),
                HeaderEditsParser.parse(
                        proto.getRequestHeadersToAddList(),
                        proto.getRequestHeadersToRemoveList(),
                        path,
                        "request",
                        findings),
                HeaderEditsParser.parse(
                        proto.getResponseHeadersToAddList(),
                        proto.getResponseHeadersToRemoveList(),
                        path,
                        "response",
                        findings),
                proto.getIncludeRequestAttemptCount(),
                proto.getIncludeAttemptCountInResponse(),
                proto.getIncludeIsTimeoutRetryHeader(),
                proto.hasRetryPolicy()
                        ? Optional.of(
                                RetryPolicyParser.parse(
                                        proto.getRetryPolicy(),
                                        FieldPaths.join(path, "retry_policy"),
                                        findings))
                        : Optional.empty(),
                RouteActionParser.hedge(proto.hasHedgePolicy(), proto.getHedgePolicy()),
                MirrorPolicyParser.parse(
                        proto.getRequestMirrorPoliciesList(),
                        FieldPaths.join(path, "request_mirror_policies"),
                        findings),
                limit(proto.hasPerRequestBufferLimitBytes(), proto.getPerRequestBufferLimitBytes()),
                FilterFieldsParser.virtualHost(proto, path, findings));
    }

    private static Optional<MatchTreeConfig> matcher(
            VirtualHost proto, Scope scope, String path, Findings findings) {
        if (!proto.hasMatcher()) {
            return Optional.empty();
        }
        String at = FieldPaths.join(path, "matcher");
        if (proto.getRoutesCount() > 0) {
            findings.invalid(at, "", "cannot set both matcher and routes on virtual host");
        }
        MatchTreeParser.Routes reader = (route, place) -> route(route, scope, place, findings);
        return Optional.of(new MatchTreeParser(reader, findings).parse(proto.getMatcher(), at));
    }

    private static List<VirtualClusterConfig> virtualClusters(
            VirtualHost proto, String path, Findings findings) {
        var clusters = new ArrayList<VirtualClusterConfig>();
        for (int i = 0; i < proto.getVirtualClustersCount(); i++) {
            VirtualCluster each = proto.getVirtualClusters(i);
            String at = FieldPaths.index(FieldPaths.join(path, "virtual_clusters"), i);
            if (each.getHeadersCount() == 0) {
                findings.invalid(at, each.getName(), "virtual clusters must define 'headers'");
            }
            clusters.add(
                    new VirtualClusterConfig(
                            each.getName(),
                            RouteMatchParser.headers(
                                    each.getHeadersList(),
                                    FieldPaths.join(at, "headers"),
                                    findings)));
        }
        return clusters;
    }

    private static RouteConfig route(Route proto, Scope scope, String path, Findings findings) {
        HeaderEdits requestHeaders =
                HeaderEditsParser.parse(
                        proto.getRequestHeadersToAddList(),
                        proto.getRequestHeadersToRemoveList(),
                        path,
                        "request",
                        findings);
        HeaderEdits responseHeaders =
                HeaderEditsParser.parse(
                        proto.getResponseHeadersToAddList(),
                        proto.getResponseHeadersToRemoveList(),
                        path,
                        "response",
                        findings);
        RouteActionConfig action =
                switch (proto.getActionCase()) {
                    case ROUTE ->
                            RouteActionParser.forward(
                                    proto.getRoute(),
                                    proto.getName(),
                                    scope.plugins(),
                                    FieldPaths.join(path, "route"),
                                    findings);
                    case REDIRECT ->
                            OwnAnswerParser.redirect(
                                    proto.getRedirect(),
                                    FieldPaths.join(path, "redirect"),
                                    findings);
                    case DIRECT_RESPONSE ->
                            OwnAnswerParser.directResponse(
                                    proto.getDirectResponse(),
                                    scope.maxBodyBytes(),
                                    FieldPaths.join(path, "direct_response"),
                                    findings);
                    // All were reported before: by the table, and by the oneof's own constraint.
                    case FILTER_ACTION, ACTION_NOT_SET ->
                            new RouteActionConfig.DirectResponse(404, "");
                    // Meant for gRPC servers; to Envoy it forwards to a cluster without a name.
                    case NON_FORWARDING_ACTION ->
                            RouteActionConfig.Forward.to(
                                    new RouteActionConfig.ClusterSpecifier.Single(""));
                };
        var match =
                RouteMatchParser.parse(proto.getMatch(), FieldPaths.join(path, "match"), findings);
        if (action instanceof RouteActionConfig.Forward forward) {
            UriTemplates.checkPair(
                    match.path(), forward.pathRewrite(), FieldPaths.join(path, "route"), findings);
        }
        return new RouteConfig(
                proto.getName(),
                match,
                action,
                requestHeaders,
                responseHeaders,
                limit(proto.hasPerRequestBufferLimitBytes(), proto.getPerRequestBufferLimitBytes()),
                proto.getStatPrefix(),
                FilterFieldsParser.route(proto, path, findings));
    }

    private static Optional<Long> limit(boolean present, UInt32Value value) {
        return present ? Optional.of(Values.unsigned(value)) : Optional.empty();
    }
}
