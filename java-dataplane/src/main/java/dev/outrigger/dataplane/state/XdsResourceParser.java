// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.ExtensionConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.config.ScopeConfig;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.parse.ClusterParser;
import dev.outrigger.dataplane.parse.EndpointParser;
import dev.outrigger.dataplane.parse.ExtensionConfigParser;
import dev.outrigger.dataplane.parse.ListenerParser;
import dev.outrigger.dataplane.parse.ParseContext;
import dev.outrigger.dataplane.parse.Parsed;
import dev.outrigger.dataplane.parse.Rejection;
import dev.outrigger.dataplane.parse.RouteParser;
import dev.outrigger.dataplane.parse.RuntimeLayerParser;
import dev.outrigger.dataplane.parse.ScopedRoutesParser;
import dev.outrigger.dataplane.parse.SecretParser;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The parsers of package {@code parse}, for resources that came over xDS. Any thread. */
public final class XdsResourceParser implements ResourceParsers {
    private final ParseContext context;

    public XdsResourceParser(ParseContext context) {
        this.context = context;
    }

    @Override
    public Named<ClusterConfig> cluster(byte[] resource) {
        return parse(
                resource,
                Cluster.parser(),
                Cluster.getDescriptor().getFullName(),
                Cluster::getName,
                ClusterParser::parse);
    }

    @Override
    public Named<ListenerConfig> listener(byte[] resource) {
        var named =
                parse(
                        resource,
                        Listener.parser(),
                        Listener.getDescriptor().getFullName(),
                        Listener::getName,
                        ListenerParser::parse);
        if (!named.name().isEmpty()) {
            return named;
        }
        // Envoy draws a random name; one made of the content lets the same listener come again.
        String name = UUID.nameUUIDFromBytes(resource).toString();
        return new Named<>(name, named.parsed().map(config -> config.withName(name)));
    }

    @Override
    public Named<RouteTable> routes(byte[] resource) {
        return parse(
                resource,
                RouteConfiguration.parser(),
                RouteConfiguration.getDescriptor().getFullName(),
                RouteConfiguration::getName,
                RouteParser::parse);
    }

    @Override
    public Named<EndpointAssignment> endpoints(byte[] resource) {
        return parse(
                resource,
                ClusterLoadAssignment.parser(),
                ClusterLoadAssignment.getDescriptor().getFullName(),
                ClusterLoadAssignment::getClusterName,
                EndpointParser::parse);
    }

    @Override
    public Named<ScopeConfig> scope(byte[] resource) {
        return parse(
                resource,
                ScopedRouteConfiguration.parser(),
                ScopedRouteConfiguration.getDescriptor().getFullName(),
                ScopedRouteConfiguration::getName,
                ScopedRoutesParser::scope);
    }

    @Override
    public Named<VirtualHostConfig> virtualHost(byte[] resource) {
        return parse(
                resource,
                VirtualHost.parser(),
                VirtualHost.getDescriptor().getFullName(),
                VirtualHost::getName,
                RouteParser::virtualHost);
    }

    @Override
    public Named<ExtensionConfig> extension(byte[] resource) {
        return parse(
                resource,
                TypedExtensionConfig.parser(),
                TypedExtensionConfig.getDescriptor().getFullName(),
                TypedExtensionConfig::getName,
                ExtensionConfigParser::parse);
    }

    @Override
    public Named<SecretConfig> secret(byte[] resource) {
        return parse(
                resource,
                Secret.parser(),
                Secret.getDescriptor().getFullName(),
                Secret::getName,
                SecretParser::parse);
    }

    @Override
    public Set<Path> watchedDirectories(byte[] secret) {
        try {
            return SecretParser.watchedDirectories(Secret.parseFrom(secret));
        } catch (InvalidProtocolBufferException | InvalidPathException e) {
            // The one was refused before, of the other there is nothing to watch.
            return Set.of();
        }
    }

    @Override
    public Named<Map<String, RuntimeValue>> runtime(byte[] resource) {
        return parse(
                resource,
                Runtime.parser(),
                Runtime.getDescriptor().getFullName(),
                Runtime::getName,
                RuntimeLayerParser::resource);
    }

    private <M extends Message, C> Named<C> parse(
            byte[] resource,
            Parser<M> decoder,
            String typeName,
            Function<M, String> nameOf,
            BiFunction<M, ParseContext, Parsed<C>> parser) {
        M message;
        try {
            message = decoder.parseFrom(resource);
        } catch (InvalidProtocolBufferException e) {
            var rejection =
                    new Rejection(
                            Rejection.Kind.CONSTRAINT,
                            "",
                            "",
                            "Unable to unpack as " + typeName + ": " + e.getMessage());
            return new Named<>("", new Parsed.Rejected<>(List.of(rejection)));
        }
        return new Named<>(nameOf.apply(message), parser.apply(message, context));
    }
}
