// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.RouteActionConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** {@code envoy.config.route.v3.RouteConfiguration} to {@link RouteTable}. */
public final class RouteParser {
    private static final SupportedFields ROUTE =
            SupportedFields.of(Route.getDescriptor())
                    .obeyed(
                            "name",
                            "request_headers_to_remove",
                            "response_headers_to_remove",
                            "per_request_buffer_limit_bytes")
                    .nested("match", () -> RouteMatchParser.MATCH)
                    .nested("route", () -> RouteActionParser.ROUTE)
                    .nested("redirect", () -> RouteActionParser.REDIRECT)
                    .nested("direct_response", () -> RouteActionParser.DIRECT_RESPONSE)
                    .nested("request_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("response_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .extension("typed_per_filter_config", PerFilterConfigParser.types())
                    .noEffect("metadata", "nothing that reads route metadata is supported")
                    .noEffect("decorator", "read only by tracing, which is refused")
                    .noEffect("tracing", "read only by tracing, which is refused");

    private static final SupportedFields VIRTUAL_HOST =
            SupportedFields.of(VirtualHost.getDescriptor())
                    .obeyed(
                            "name",
                            "domains",
                            "request_headers_to_remove",
                            "response_headers_to_remove",
                            "include_request_attempt_count",
                            "include_attempt_count_in_response",
                            "include_is_timeout_retry_header",
                            "per_request_buffer_limit_bytes")
                    .onlyEnum("require_tls", "NONE")
                    .nested("routes", () -> ROUTE)
                    .nested("retry_policy", () -> RetryPolicyParser.POLICY)
                    .nested("request_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("response_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .extension("typed_per_filter_config", PerFilterConfigParser.types())
                    .noEffect("rate_limits", "read only by rate limit filters, which are refused")
                    .noEffect("metadata", "nothing that reads virtual host metadata is supported");

    static final SupportedFields ROUTE_CONFIGURATION =
            SupportedFields.of(RouteConfiguration.getDescriptor())
                    .obeyed(
                            "name",
                            "internal_only_headers",
                            "request_headers_to_remove",
                            "response_headers_to_remove",
                            "most_specific_header_mutations_wins",
                            "validate_clusters",
                            "max_direct_response_body_size_bytes",
                            "ignore_port_in_host_matching")
                    .nested("virtual_hosts", () -> VIRTUAL_HOST)
                    .nested("request_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .nested("response_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .extension("typed_per_filter_config", PerFilterConfigParser.types())
                    .noEffect("metadata", "nothing that reads it is supported");

    /** J5. */
    private static final long DEFAULT_MAX_DIRECT_RESPONSE_BODY_BYTES = 4096;

    private RouteParser() {}

    /** A resource of its own; {@code validate_clusters} is off unless asked for (A1). */
    public static Parsed<RouteTable> parse(RouteConfiguration proto, ParseContext context) {
        var findings = new Findings(context);
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
        long maxBody =
                proto.hasMaxDirectResponseBodySizeBytes()
                        ? Values.unsigned(proto.getMaxDirectResponseBodySizeBytes())
                        : DEFAULT_MAX_DIRECT_RESPONSE_BODY_BYTES;
        var hosts = new ArrayList<VirtualHostConfig>();
        for (int i = 0; i < proto.getVirtualHostsCount(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "virtual_hosts"), i);
            hosts.add(virtualHost(proto.getVirtualHosts(i), maxBody, at, findings));
        }
        BoolValue wanted = proto.getValidateClusters();
        if (proto.hasValidateClusters() ? wanted.getValue() : validateClusters) {
            checkClusters(hosts, path, findings);
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
                proto.getInternalOnlyHeadersList().stream()
                        .map(h -> h.toLowerCase(Locale.ROOT))
                        .toList(),
                proto.getIgnorePortInHostMatching(),
                proto.getMostSpecificHeaderMutationsWins(),
                PerFilterConfigParser.parse(proto.getTypedPerFilterConfigMap(), path, findings),
                Values.contentHash(proto));
    }

    /** V5: no domain twice in a table, whatever its case, and one catch-all at most. */
    private static void checkDomains(RouteConfiguration proto, String path, Findings findings) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < proto.getVirtualHostsCount(); i++) {
            VirtualHost host = proto.getVirtualHosts(i);
            String hostPath = FieldPaths.index(FieldPaths.join(path, "virtual_hosts"), i);
            for (int j = 0; j < host.getDomainsCount(); j++) {
                String domain = host.getDomains(j).toLowerCase(Locale.ROOT);
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
            VirtualHost proto, long maxBody, String path, Findings findings) {
        var routes = new ArrayList<RouteConfig>();
        for (int i = 0; i < proto.getRoutesCount(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "routes"), i);
            routes.add(route(proto.getRoutes(i), maxBody, at, findings));
        }
        return new VirtualHostConfig(
                proto.getName(),
                proto.getDomainsList().stream().map(d -> d.toLowerCase(Locale.ROOT)).toList(),
                routes,
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
                limit(proto.hasPerRequestBufferLimitBytes(), proto.getPerRequestBufferLimitBytes()),
                PerFilterConfigParser.parse(proto.getTypedPerFilterConfigMap(), path, findings));
    }

    private static RouteConfig route(Route proto, long maxBody, String path, Findings findings) {
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
                                    FieldPaths.join(path, "route"),
                                    findings);
                    case REDIRECT -> RouteActionParser.redirect(proto.getRedirect());
                    case DIRECT_RESPONSE ->
                            RouteActionParser.directResponse(
                                    proto.getDirectResponse(),
                                    maxBody,
                                    FieldPaths.join(path, "direct_response"),
                                    findings);
                    // All were reported before: by the table, and by the oneof's own constraint.
                    case FILTER_ACTION, NON_FORWARDING_ACTION, ACTION_NOT_SET ->
                            new RouteActionConfig.DirectResponse(404, "");
                };
        return new RouteConfig(
                proto.getName(),
                RouteMatchParser.parse(proto.getMatch(), FieldPaths.join(path, "match"), findings),
                action,
                requestHeaders,
                responseHeaders,
                limit(proto.hasPerRequestBufferLimitBytes(), proto.getPerRequestBufferLimitBytes()),
                PerFilterConfigParser.parse(proto.getTypedPerFilterConfigMap(), path, findings));
    }

    private static Optional<Long> limit(boolean present, UInt32Value value) {
        return present ? Optional.of(Values.unsigned(value)) : Optional.empty();
    }

    private static void checkClusters(
            List<VirtualHostConfig> hosts, String path, Findings findings) {
        for (int i = 0; i < hosts.size(); i++) {
            String hostPath = FieldPaths.index(FieldPaths.join(path, "virtual_hosts"), i);
            List<RouteConfig> routes = hosts.get(i).routes();
            for (int j = 0; j < routes.size(); j++) {
                String at = FieldPaths.index(hostPath + ".routes", j) + ".route";
                if (routes.get(j).action() instanceof RouteActionConfig.Forward forward) {
                    checkCluster(forward.cluster(), at, findings);
                }
            }
        }
    }

    private static void checkCluster(ClusterSpecifier specifier, String path, Findings findings) {
        switch (specifier) {
            case ClusterSpecifier.Single(var name) -> {
                if (!findings.context().knownCluster().test(name)) {
                    findings.invalid(
                            path + ".cluster", name, "route: unknown cluster '" + name + "'");
                }
            }
            case ClusterSpecifier.Weighted(var clusters, _) -> {
                for (int i = 0; i < clusters.size(); i++) {
                    String name = clusters.get(i).name();
                    if (!findings.context().knownCluster().test(name)) {
                        findings.invalid(
                                FieldPaths.index(path + ".weighted_clusters.clusters", i) + ".name",
                                name,
                                "route: unknown weighted cluster '" + name + "'");
                    }
                }
            }
            case ClusterSpecifier.Header _ -> {}
        }
    }
}
