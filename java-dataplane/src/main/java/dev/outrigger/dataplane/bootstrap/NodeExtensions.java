// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import io.envoyproxy.envoy.config.core.v3.Extension;
import java.util.List;

/**
 * The extensions of Envoy this proxy has too, as the node lists them to control planes and in
 * {@code /server_info}.
 */
final class NodeExtensions {
    static final List<Extension> ALL =
            List.of(
                    extension(
                            "envoy.access_loggers",
                            "envoy.access_loggers.file",
                            "envoy.extensions.access_loggers.file.v3.FileAccessLog"),
                    extension(
                            "envoy.access_loggers",
                            "envoy.access_loggers.stderr",
                            "envoy.extensions.access_loggers.stream.v3.StderrAccessLog"),
                    extension(
                            "envoy.access_loggers",
                            "envoy.access_loggers.stdout",
                            "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"),
                    extension(
                            "envoy.built_in_formatters", "envoy.built_in_formatters.http.default"),
                    extension(
                            "envoy.built_in_formatters",
                            "envoy.built_in_formatters.stream_info.default"),
                    extension(
                            "envoy.clusters",
                            "envoy.cluster.dns",
                            "envoy.extensions.clusters.dns.v3.DnsCluster"),
                    extension("envoy.clusters", "envoy.cluster.eds"),
                    extension("envoy.clusters", "envoy.cluster.logical_dns"),
                    extension(
                            "envoy.clusters",
                            "envoy.cluster.original_dst",
                            "envoy.extensions.clusters.original_dst.v3.OriginalDstCluster"),
                    extension("envoy.clusters", "envoy.cluster.static"),
                    extension("envoy.clusters", "envoy.cluster.strict_dns"),
                    extension(
                            "envoy.clusters",
                            "envoy.clusters.aggregate",
                            "envoy.extensions.clusters.aggregate.v3.ClusterConfig"),
                    extension(
                            "envoy.clusters",
                            "envoy.clusters.dynamic_forward_proxy",
                            "envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig"),
                    extension("envoy.config_subscription", "envoy.config_subscription.ads"),
                    extension("envoy.config_subscription", "envoy.config_subscription.delta_grpc"),
                    extension("envoy.config_subscription", "envoy.config_subscription.filesystem"),
                    extension("envoy.config_subscription", "envoy.config_subscription.grpc"),
                    extension("envoy.connection_handler", "envoy.connection_handler.default"),
                    extension(
                            "envoy.filters.http",
                            "envoy.filters.http.buffer",
                            "envoy.extensions.filters.http.buffer.v3.Buffer",
                            "envoy.extensions.filters.http.buffer.v3.BufferPerRoute"),
                    extension(
                            "envoy.filters.http",
                            "envoy.filters.http.cors",
                            "envoy.extensions.filters.http.cors.v3.Cors",
                            "envoy.extensions.filters.http.cors.v3.CorsPolicy"),
                    extension(
                            "envoy.filters.http",
                            "envoy.filters.http.dynamic_forward_proxy",
                            "envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig",
                            "envoy.extensions.filters.http.dynamic_forward_proxy.v3.PerRouteConfig"),
                    extension(
                            "envoy.filters.http",
                            "envoy.filters.http.fault",
                            "envoy.extensions.filters.http.fault.v3.HTTPFault"),
                    extension(
                            "envoy.filters.http",
                            "envoy.filters.http.header_mutation",
                            "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
                            "envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute"),
                    extension(
                            "envoy.filters.http",
                            "envoy.filters.http.health_check",
                            "envoy.extensions.filters.http.health_check.v3.HealthCheck"),
                    extension(
                            "envoy.filters.http",
                            "envoy.filters.http.local_ratelimit",
                            "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"),
                    extension(
                            "envoy.filters.http",
                            "envoy.filters.http.router",
                            "envoy.extensions.filters.http.router.v3.Router"),
                    extension(
                            "envoy.filters.http",
                            "envoy.filters.http.set_metadata",
                            "envoy.extensions.filters.http.set_metadata.v3.Config"),
                    extension(
                            "envoy.filters.network",
                            "envoy.filters.network.http_connection_manager",
                            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
                    extension(
                            "envoy.health_checkers",
                            "envoy.health_checkers.grpc",
                            "envoy.config.core.v3.HealthCheck.GrpcHealthCheck"),
                    extension(
                            "envoy.health_checkers",
                            "envoy.health_checkers.http",
                            "envoy.config.core.v3.HealthCheck.HttpHealthCheck"),
                    extension(
                            "envoy.health_checkers",
                            "envoy.health_checkers.tcp",
                            "envoy.config.core.v3.HealthCheck.TcpHealthCheck"),
                    extension(
                            "envoy.http.original_ip_detection",
                            "envoy.http.original_ip_detection.custom_header",
                            "envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig"),
                    extension(
                            "envoy.http.original_ip_detection",
                            "envoy.http.original_ip_detection.xff",
                            "envoy.extensions.http.original_ip_detection.xff.v3.XffConfig"),
                    extension(
                            "envoy.http.stateful_header_formatters",
                            "envoy.http.stateful_header_formatters.preserve_case",
                            "envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig"),
                    extension(
                            "envoy.internal_redirect_predicates",
                            "envoy.internal_redirect_predicates.allow_listed_routes",
                            "envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig"),
                    extension(
                            "envoy.internal_redirect_predicates",
                            "envoy.internal_redirect_predicates.previous_routes",
                            "envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig"),
                    extension(
                            "envoy.internal_redirect_predicates",
                            "envoy.internal_redirect_predicates.safe_cross_scheme",
                            "envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig"),
                    extension(
                            "envoy.load_balancing_policies",
                            "envoy.load_balancing_policies.cluster_provided",
                            "envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided"),
                    extension(
                            "envoy.load_balancing_policies",
                            "envoy.load_balancing_policies.least_request",
                            "envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest"),
                    extension(
                            "envoy.load_balancing_policies",
                            "envoy.load_balancing_policies.maglev",
                            "envoy.extensions.load_balancing_policies.maglev.v3.Maglev"),
                    extension(
                            "envoy.load_balancing_policies",
                            "envoy.load_balancing_policies.random",
                            "envoy.extensions.load_balancing_policies.random.v3.Random"),
                    extension(
                            "envoy.load_balancing_policies",
                            "envoy.load_balancing_policies.ring_hash",
                            "envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash"),
                    extension(
                            "envoy.load_balancing_policies",
                            "envoy.load_balancing_policies.round_robin",
                            "envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin"),
                    extension(
                            "envoy.load_balancing_policies",
                            "envoy.load_balancing_policies.subset",
                            "envoy.extensions.load_balancing_policies.subset.v3.Subset"),
                    extension(
                            "envoy.network.dns_resolver",
                            "envoy.network.dns_resolver.cares",
                            "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig"),
                    extension(
                            "envoy.network.dns_resolver",
                            "envoy.network.dns_resolver.getaddrinfo",
                            "envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig"),
                    extension(
                            "envoy.path.match",
                            "envoy.path.match.uri_template.uri_template_matcher",
                            "envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig"),
                    extension(
                            "envoy.path.rewrite",
                            "envoy.path.rewrite.uri_template.uri_template_rewriter",
                            "envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig"),
                    extension("envoy.rds_factory", "envoy.rds_factory.default"),
                    extension(
                            "envoy.request_id",
                            "envoy.request_id.uuid",
                            "envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig"),
                    extension("envoy.resolvers", "envoy.ip"),
                    extension(
                            "envoy.retry_host_predicates",
                            "envoy.retry_host_predicates.omit_canary_hosts",
                            "envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate"),
                    extension(
                            "envoy.retry_host_predicates",
                            "envoy.retry_host_predicates.omit_host_metadata",
                            "envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig"),
                    extension(
                            "envoy.retry_host_predicates",
                            "envoy.retry_host_predicates.previous_hosts",
                            "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"),
                    extension(
                            "envoy.retry_priorities",
                            "envoy.retry_priorities.previous_priorities",
                            "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig"),
                    extension(
                            "envoy.route.early_data_policy",
                            "envoy.route.early_data_policy.default",
                            "envoy.extensions.early_data.v3.DefaultEarlyDataPolicy"),
                    extension(
                            "envoy.route_config_update_requester",
                            "envoy.route_config_update_requester.default"),
                    extension(
                            "envoy.transport_sockets.downstream",
                            "envoy.transport_sockets.raw_buffer",
                            "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer"),
                    extension(
                            "envoy.transport_sockets.downstream",
                            "envoy.transport_sockets.tls",
                            "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"),
                    extension(
                            "envoy.transport_sockets.upstream",
                            "envoy.transport_sockets.raw_buffer",
                            "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer"),
                    extension(
                            "envoy.transport_sockets.upstream",
                            "envoy.transport_sockets.tls",
                            "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
                    extension(
                            "envoy.upstream_options",
                            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"));

    private NodeExtensions() {}

    private static Extension extension(String category, String name, String... typeUrls) {
        return Extension.newBuilder()
                .setCategory(category)
                .setName(name)
                .addAllTypeUrls(List.of(typeUrls))
                .build();
    }
}
