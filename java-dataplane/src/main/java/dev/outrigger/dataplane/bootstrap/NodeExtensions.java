// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import io.envoyproxy.envoy.config.core.v3.Extension;
import java.util.ArrayList;
import java.util.List;

/**
 * The extensions of Envoy this proxy has too, as the node lists them to control planes and in
 * {@code /server_info}.
 */
final class NodeExtensions {
    /** Categories; within them, indented, names; within these the types that configure them. */
    private static final String TABLE =
            """
            envoy.access_loggers
             envoy.access_loggers.file
              envoy.extensions.access_loggers.file.v3.FileAccessLog
             envoy.access_loggers.http_grpc
              envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig
             envoy.access_loggers.stderr
              envoy.extensions.access_loggers.stream.v3.StderrAccessLog
             envoy.access_loggers.stdout
              envoy.extensions.access_loggers.stream.v3.StdoutAccessLog
             envoy.access_loggers.tcp_grpc
              envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig
            envoy.built_in_formatters
             envoy.built_in_formatters.http.default
             envoy.built_in_formatters.metadata
             envoy.built_in_formatters.stream_info.default
            envoy.clusters
             envoy.cluster.dns
              envoy.extensions.clusters.dns.v3.DnsCluster
             envoy.cluster.eds
             envoy.cluster.logical_dns
             envoy.cluster.original_dst
              envoy.extensions.clusters.original_dst.v3.OriginalDstCluster
             envoy.cluster.static
             envoy.cluster.strict_dns
             envoy.clusters.aggregate
              envoy.extensions.clusters.aggregate.v3.ClusterConfig
             envoy.clusters.dynamic_forward_proxy
              envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig
            envoy.config_subscription
             envoy.config_subscription.ads
             envoy.config_subscription.delta_grpc
             envoy.config_subscription.filesystem
             envoy.config_subscription.grpc
             envoy.config_subscription.rest
            envoy.connection_handler
             envoy.connection_handler.default
            envoy.filters.http
             envoy.filters.http.buffer
              envoy.extensions.filters.http.buffer.v3.Buffer
              envoy.extensions.filters.http.buffer.v3.BufferPerRoute
             envoy.filters.http.cors
              envoy.extensions.filters.http.cors.v3.Cors
              envoy.extensions.filters.http.cors.v3.CorsPolicy
             envoy.filters.http.credential_injector
              envoy.extensions.filters.http.credential_injector.v3.CredentialInjector
             envoy.filters.http.dynamic_forward_proxy
              envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig
              envoy.extensions.filters.http.dynamic_forward_proxy.v3.PerRouteConfig
             envoy.filters.http.fault
              envoy.extensions.filters.http.fault.v3.HTTPFault
             envoy.filters.http.header_mutation
              envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
              envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute
             envoy.filters.http.health_check
              envoy.extensions.filters.http.health_check.v3.HealthCheck
             envoy.filters.http.local_ratelimit
              envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
             envoy.filters.http.on_demand
              envoy.extensions.filters.http.on_demand.v3.OnDemand
              envoy.extensions.filters.http.on_demand.v3.PerRouteConfig
             envoy.filters.http.router
              envoy.extensions.filters.http.router.v3.Router
             envoy.filters.http.set_metadata
              envoy.extensions.filters.http.set_metadata.v3.Config
            envoy.filters.http.upstream
             envoy.filters.http.credential_injector
              envoy.extensions.filters.http.credential_injector.v3.CredentialInjector
             envoy.filters.http.header_mutation
              envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
              envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute
             envoy.filters.http.upstream_codec
              envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec
            envoy.filters.listener
             envoy.filters.listener.http_inspector
              envoy.extensions.filters.listener.http_inspector.v3.HttpInspector
             envoy.filters.listener.original_dst
              envoy.extensions.filters.listener.original_dst.v3.OriginalDst
             envoy.filters.listener.proxy_protocol
              envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol
             envoy.filters.listener.tls_inspector
              envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector
            envoy.filters.network
             envoy.filters.network.connection_limit
              envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit
             envoy.filters.network.direct_response
              envoy.extensions.filters.network.direct_response.v3.Config
             envoy.filters.network.echo
              envoy.extensions.filters.network.echo.v3.Echo
             envoy.filters.network.http_connection_manager
              envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
             envoy.filters.network.tcp_proxy
              envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
            envoy.grpc_credentials
             envoy.grpc_credentials.default
            envoy.health_check.event_sinks
             envoy.health_check.event_sink.file
              envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink
            envoy.health_checkers
             envoy.health_checkers.grpc
              envoy.config.core.v3.HealthCheck.GrpcHealthCheck
             envoy.health_checkers.http
              envoy.config.core.v3.HealthCheck.HttpHealthCheck
             envoy.health_checkers.tcp
              envoy.config.core.v3.HealthCheck.TcpHealthCheck
            envoy.http.early_header_mutation
             envoy.http.early_header_mutation.header_mutation
              envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation
            envoy.http.injected_credentials
             envoy.http.injected_credentials.generic
              envoy.extensions.http.injected_credentials.generic.v3.Generic
            envoy.http.original_ip_detection
             envoy.http.original_ip_detection.custom_header
              envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig
             envoy.http.original_ip_detection.xff
              envoy.extensions.http.original_ip_detection.xff.v3.XffConfig
            envoy.http.stateful_header_formatters
             envoy.http.stateful_header_formatters.preserve_case
              envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig
            envoy.internal_redirect_predicates
             envoy.internal_redirect_predicates.allow_listed_routes
              envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig
             envoy.internal_redirect_predicates.previous_routes
              envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig
             envoy.internal_redirect_predicates.safe_cross_scheme
              envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig
            envoy.load_balancing_policies
             envoy.load_balancing_policies.cluster_provided
              envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided
             envoy.load_balancing_policies.least_request
              envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest
             envoy.load_balancing_policies.maglev
              envoy.extensions.load_balancing_policies.maglev.v3.Maglev
             envoy.load_balancing_policies.random
              envoy.extensions.load_balancing_policies.random.v3.Random
             envoy.load_balancing_policies.ring_hash
              envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash
             envoy.load_balancing_policies.round_robin
              envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin
             envoy.load_balancing_policies.subset
              envoy.extensions.load_balancing_policies.subset.v3.Subset
            envoy.matching.common_inputs
             envoy.matching.common_inputs.environment_variable
              envoy.extensions.matching.common_inputs.environment_variable.v3.Config
            envoy.matching.http.custom_matchers
             envoy.matching.custom_matchers.domain_matcher
              xds.type.matcher.v3.ServerNameMatcher
             envoy.matching.custom_matchers.ip_range_matcher
              xds.type.matcher.v3.IPMatcher
            envoy.matching.http.input
             envoy.matching.inputs.filter_state
              envoy.extensions.matching.common_inputs.network.v3.FilterStateInput
             envoy.matching.inputs.request_headers
              envoy.type.matcher.v3.HttpRequestHeaderMatchInput
            envoy.matching.input_matchers
             envoy.matching.matchers.consistent_hashing
              envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing
             envoy.matching.matchers.ip
              envoy.extensions.matching.input_matchers.ip.v3.Ip
             envoy.matching.matchers.metadata_matcher
              envoy.extensions.matching.input_matchers.metadata.v3.Metadata
             envoy.matching.matchers.runtime_fraction
              envoy.extensions.matching.input_matchers.runtime_fraction.v3.RuntimeFraction
            envoy.network.dns_resolver
             envoy.network.dns_resolver.cares
              envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig
             envoy.network.dns_resolver.getaddrinfo
              envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig
            envoy.path.match
             envoy.path.match.uri_template.uri_template_matcher
              envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig
            envoy.path.rewrite
             envoy.path.rewrite.uri_template.uri_template_rewriter
              envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig
            envoy.rds_factory
             envoy.rds_factory.default
            envoy.request_id
             envoy.request_id.uuid
              envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig
            envoy.resolvers
             envoy.ip
            envoy.retry_host_predicates
             envoy.retry_host_predicates.omit_canary_hosts
              envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate
             envoy.retry_host_predicates.omit_host_metadata
              envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig
             envoy.retry_host_predicates.previous_hosts
              envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate
            envoy.retry_priorities
             envoy.retry_priorities.previous_priorities
              envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig
            envoy.route.early_data_policy
             envoy.route.early_data_policy.default
              envoy.extensions.early_data.v3.DefaultEarlyDataPolicy
            envoy.route_config_update_requester
             envoy.route_config_update_requester.default
            envoy.srds_factory
             envoy.srds_factory.default
            envoy.ssl.server_context_factory
             envoy.ssl.server_context_factory.default
            envoy.stats_sinks
             envoy.stat_sinks.dog_statsd
              envoy.config.metrics.v3.DogStatsdSink
             envoy.stat_sinks.graphite_statsd
              envoy.extensions.stat_sinks.graphite_statsd.v3.GraphiteStatsdSink
             envoy.stat_sinks.statsd
              envoy.config.metrics.v3.StatsdSink
            envoy.tls.cert_validator
             envoy.tls.cert_validator.default
             envoy.tls.cert_validator.spiffe
            envoy.transport_sockets.downstream
             envoy.transport_sockets.raw_buffer
              envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer
             envoy.transport_sockets.tls
              envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
            envoy.transport_sockets.upstream
             envoy.transport_sockets.raw_buffer
              envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer
             envoy.transport_sockets.tls
              envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
             envoy.transport_sockets.upstream_proxy_protocol
              envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport
            envoy.upstream.local_address_selector
             envoy.upstream.local_address_selector.default_local_address_selector
              envoy.config.upstream.local_address_selector.v3.DefaultLocalAddressSelector
            envoy.upstream_options
             envoy.extensions.upstreams.http.v3.HttpProtocolOptions
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions
             envoy.upstreams.http.http_protocol_options
            network.connection.client
             default
            """;

    static final List<Extension> ALL = read(TABLE);

    private NodeExtensions() {}

    private static List<Extension> read(String table) {
        var all = new ArrayList<Extension>();
        String category = "";
        Extension.Builder extension = null;
        for (String line : table.lines().toList()) {
            if (line.startsWith("  ") && extension != null) {
                extension.addTypeUrls(line.strip());
            } else if (extension != null) {
                all.add(extension.build());
                extension = null;
            }
            if (!line.startsWith(" ")) {
                category = line;
            } else if (!line.startsWith("  ")) {
                extension = Extension.newBuilder().setCategory(category).setName(line.strip());
            }
        }
        if (extension != null) {
            all.add(extension.build());
        }
        return List.copyOf(all);
    }
}
