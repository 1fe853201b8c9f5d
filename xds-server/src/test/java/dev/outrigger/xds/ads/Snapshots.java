// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.SnapshotBuilder;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Snapshots of resources that have a name and a content each. */
final class Snapshots {
    static final PolicyId SIDECAR = new PolicyId("Sidecar", "default", "a");

    private final Map<ResourceType, Map<String, String>> contents =
            new java.util.EnumMap<>(ResourceType.class);
    private SnapshotBuilder builder = new SnapshotBuilder();
    private Optional<Snapshot> last = Optional.empty();
    private long revision;

    Snapshots put(ResourceType type, String name, String content) {
        contents.computeIfAbsent(type, _ -> new TreeMap<>()).put(name, content);
        return this;
    }

    Snapshots remove(ResourceType type, String name) {
        contents.getOrDefault(type, new TreeMap<>()).remove(name);
        return this;
    }

    Map<String, String> contents(ResourceType type) {
        return contents.getOrDefault(type, Map.of());
    }

    Snapshot snapshot() {
        revision++;
        var resources = new ArrayList<XdsResource>();
        contents.forEach((type, byName) ->
                byName.forEach((name, content) ->
                        resources.add(
                                XdsResource.of(
                                        type,
                                        message(type, name, content),
                                        Set.of(document(name))))));
        var snapshot = builder.build(revision, List.of(SIDECAR), resources, last);
        builder = builder.successor();
        last = Optional.of(snapshot);
        return snapshot;
    }

    static String version(Snapshot snapshot, ResourceType type, String name) {
        return java.util.Objects.requireNonNull(snapshot.type(type).byName().get(name), name)
                .version();
    }

    /** Where a resource of that name comes from. */
    static PolicyId document(String name) {
        return new PolicyId("Service", "default", name.toLowerCase(java.util.Locale.ROOT));
    }

    private static com.google.protobuf.Message message(
            ResourceType type, String name, String content) {
        return switch (type) {
            case CLUSTER ->
                    Cluster.newBuilder()
                            .setName(name)
                            .setType(Cluster.DiscoveryType.EDS)
                            .setAltStatName(content)
                            .build();
            case ENDPOINT ->
                    ClusterLoadAssignment.newBuilder()
                            .setClusterName(name)
                            .putNamedEndpoints(
                                    content,
                                    io.envoyproxy.envoy.config.endpoint.v3.Endpoint
                                            .getDefaultInstance())
                            .build();
            case LISTENER -> Listener.newBuilder().setName(name).setStatPrefix(content).build();
            case ROUTE ->
                    RouteConfiguration.newBuilder()
                            .setName(name)
                            .addVirtualHosts(VirtualHost.newBuilder().setName(content))
                            .build();
            case RUNTIME ->
                    Runtime.newBuilder()
                            .setName(name)
                            .setLayer(
                                    Struct.newBuilder()
                                            .putFields(content, Value.getDefaultInstance()))
                            .build();
            case SECRET ->
                    Secret.newBuilder()
                            .setName(name)
                            .setGenericSecret(
                                    GenericSecret.newBuilder()
                                            .setSecret(
                                                    DataSource.newBuilder()
                                                            .setInlineString(content)))
                            .build();
            case EXTENSION ->
                    TypedExtensionConfig.newBuilder()
                            .setName(name)
                            .setTypedConfig(Any.newBuilder().setTypeUrl(content))
                            .build();
            case SCOPED_ROUTE ->
                    ScopedRouteConfiguration.newBuilder()
                            .setName(name)
                            .setRouteConfigurationName(content)
                            .build();
            case VIRTUAL_HOST -> VirtualHost.newBuilder().setName(name).addDomains(content).build();
        };
    }

    /** The content that a message was made with. */
    static String content(ResourceType type, Any any) {
        try {
            return switch (type.prototype().getParserForType().parseFrom(any.getValue())) {
                case Cluster cluster -> cluster.getAltStatName();
                case ClusterLoadAssignment assignment ->
                        assignment.getNamedEndpointsMap().keySet().iterator().next();
                case Listener listener -> listener.getStatPrefix();
                case RouteConfiguration routes -> routes.getVirtualHosts(0).getName();
                case Runtime runtime ->
                        runtime.getLayer().getFieldsMap().keySet().iterator().next();
                case Secret secret -> secret.getGenericSecret().getSecret().getInlineString();
                case TypedExtensionConfig extension -> extension.getTypedConfig().getTypeUrl();
                case ScopedRouteConfiguration scope -> scope.getRouteConfigurationName();
                case VirtualHost host -> host.getDomains(0);
                default -> throw new AssertionError(any.getTypeUrl());
            };
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
