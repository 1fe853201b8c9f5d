// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a resource gets by discovery on the same stream beside clusters, endpoints and routes:
 * secrets, filters, scopes. What has a default to go on with needs nothing.
 */
final class DiscoveryReferences {
    private final List<Reference> found = new ArrayList<>();

    private DiscoveryReferences() {}

    /**
     * One thing that is named.
     *
     * @param what the words before the name
     */
    record Reference(String what, ResourceType type, String name) {}

    static List<Reference> of(Message message) {
        var references = new DiscoveryReferences();
        switch (message) {
            case Cluster cluster -> references.cluster(cluster);
            case Listener listener -> references.listener(listener);
            case ScopedRouteConfiguration scope -> references.scope(scope);
            default -> {} // Nothing else is discovered from within.
        }
        return references.found;
    }

    private void cluster(Cluster cluster) {
        socket(cluster.getTransportSocket());
        cluster.getTransportSocketMatchesList()
                .forEach(match -> socket(match.getTransportSocket()));
    }

    private void listener(Listener listener) {
        for (FilterChain chain : listener.getFilterChainsList()) {
            chain(chain);
        }
        if (listener.hasDefaultFilterChain()) {
            chain(listener.getDefaultFilterChain());
        }
        for (ListenerFilter filter : listener.getListenerFiltersList()) {
            if (filter.hasConfigDiscovery()) {
                extension(filter.getName(), filter.getConfigDiscovery());
            }
        }
        if (listener.hasApiListener()) {
            manager(listener.getApiListener().getApiListener());
        }
    }

    private void chain(FilterChain chain) {
        socket(chain.getTransportSocket());
        for (Filter filter : chain.getFiltersList()) {
            if (filter.hasConfigDiscovery()) {
                extension(filter.getName(), filter.getConfigDiscovery());
            } else {
                manager(filter.getTypedConfig());
            }
        }
    }

    private void manager(Any config) {
        unpacked(config, HttpConnectionManager.parser(), HttpConnectionManager.getDescriptor())
                .ifPresent(manager -> {
                    for (HttpFilter filter : manager.getHttpFiltersList()) {
                        if (filter.hasConfigDiscovery()) {
                            extension(filter.getName(), filter.getConfigDiscovery());
                        }
                    }
                    if (manager.hasScopedRoutes()) {
                        scopes(manager.getScopedRoutes());
                    }
                });
    }

    private void scopes(ScopedRoutes routes) {
        if (onThisStream(routes.getRdsConfigSource())) {
            routes.getScopedRouteConfigurationsList()
                    .getScopedRouteConfigurationsList()
                    .forEach(this::scope);
        }
    }

    private void scope(ScopedRouteConfiguration scope) {
        if (!scope.getRouteConfigurationName().isEmpty()) {
            found.add(
                    new Reference(
                            "leads to the RouteConfiguration",
                            ResourceType.ROUTE,
                            scope.getRouteConfigurationName()));
        }
    }

    private void extension(String name, ExtensionConfigSource source) {
        if (onThisStream(source.getConfigSource()) && !source.hasDefaultConfig()) {
            found.add(
                    new Reference("needs the TypedExtensionConfig", ResourceType.EXTENSION, name));
        }
    }

    private void socket(TransportSocket socket) {
        var config = socket.getTypedConfig();
        unpacked(config, DownstreamTlsContext.parser(), DownstreamTlsContext.getDescriptor())
                .ifPresent(context -> {
                    tls(context.getCommonTlsContext());
                    if (context.hasSessionTicketKeysSdsSecretConfig()) {
                        secret(context.getSessionTicketKeysSdsSecretConfig());
                    }
                });
        unpacked(config, UpstreamTlsContext.parser(), UpstreamTlsContext.getDescriptor())
                .ifPresent(context -> tls(context.getCommonTlsContext()));
    }

    private void tls(CommonTlsContext context) {
        context.getTlsCertificateSdsSecretConfigsList().forEach(this::secret);
        if (context.hasValidationContextSdsSecretConfig()) {
            secret(context.getValidationContextSdsSecretConfig());
        }
        if (context.hasCombinedValidationContext()) {
            secret(context.getCombinedValidationContext().getValidationContextSdsSecretConfig());
        }
    }

    /** A secret without a source is one of the proxy's own bootstrap. */
    private void secret(SdsSecretConfig config) {
        if (config.hasSdsConfig() && onThisStream(config.getSdsConfig())) {
            found.add(new Reference("needs the Secret", ResourceType.SECRET, config.getName()));
        }
    }

    /** Empty also for what cannot be read, which is for others to find out. */
    private static <M extends Message> Optional<M> unpacked(
            Any any, Parser<M> parser, com.google.protobuf.Descriptors.Descriptor type) {
        if (!any.getTypeUrl().endsWith("/" + type.getFullName())) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.parseFrom(any.getValue()));
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private static boolean onThisStream(ConfigSource source) {
        return source.hasAds() || source.hasSelf();
    }
}
