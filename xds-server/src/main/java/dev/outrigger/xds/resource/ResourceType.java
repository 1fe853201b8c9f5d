// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resource;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The resource types served, in the order in which additions are sent so that nothing is referred
 * to before it is there. Removals go in the reverse order.
 */
public enum ResourceType {
    // First: nothing refers to it, and Envoy asks for it before everything else.
    RUNTIME(Runtime.getDefaultInstance(), "RTDS", Subscribing.BY_NAME),
    // Before all the rest, which refers to clusters; and Envoy asks for endpoints only once it has
    // them.
    CLUSTER(Cluster.getDefaultInstance(), "CDS", Subscribing.FULL_STATE),
    // Before listeners and routes, so that a cluster is warm before traffic is sent to it.
    ENDPOINT(ClusterLoadAssignment.getDefaultInstance(), "EDS", Subscribing.BY_NAME),
    // Before listeners, which warm until they have theirs, as clusters do.
    SECRET(Secret.getDefaultInstance(), "SDS", Subscribing.BY_NAME),
    // Before what is asked for only once a listener names it.
    LISTENER(Listener.getDefaultInstance(), "LDS", Subscribing.FULL_STATE),
    // After the listener that refers to it, before the routes that may rely on the filter.
    EXTENSION(TypedExtensionConfig.getDefaultInstance(), "ECDS", Subscribing.BY_NAME),
    // After listeners and before the route configurations that a scope names.
    SCOPED_ROUTE(ScopedRouteConfiguration.getDefaultInstance(), "SRDS", Subscribing.FULL_STATE),
    // It moves traffic, so all it refers to must be there.
    ROUTE(RouteConfiguration.getDefaultInstance(), "RDS", Subscribing.BY_NAME),
    // Last: a part of a route configuration that is there.
    VIRTUAL_HOST(VirtualHost.getDefaultInstance(), "VHDS", Subscribing.DELTA_ONLY);

    private static final List<ResourceType> IN_ORDER = List.of(values());

    private static final Map<String, ResourceType> BY_URL =
            Arrays.stream(values())
                    .collect(Collectors.toMap(ResourceType::typeUrl, Function.identity()));

    private final Message prototype;
    private final String typeUrl;
    private final String shortName;
    private final Subscribing subscribing;

    ResourceType(Message prototype, String shortName, Subscribing subscribing) {
        this.prototype = prototype;
        this.typeUrl = "type.googleapis.com/" + prototype.getDescriptorForType().getFullName();
        this.shortName = shortName;
        this.subscribing = subscribing;
    }

    private enum Subscribing {
        BY_NAME,
        /** Everything at once, and what a state-of-the-world response lacks is gone. */
        FULL_STATE,
        /** Everything at once, but the state of the world has no such type. */
        DELTA_ONLY
    }

    public static Optional<ResourceType> find(String typeUrl) {
        return Optional.ofNullable(BY_URL.get(typeUrl));
    }

    /** All of them in the order of additions. */
    public static List<ResourceType> inOrder() {
        return IN_ORDER;
    }

    public String typeUrl() {
        return typeUrl;
    }

    /** CDS, EDS, LDS, RDS and so on: for logs and metrics. */
    public String shortName() {
        return shortName;
    }

    /**
     * Whether a state-of-the-world response that lacks a resource means that it is gone: listeners,
     * clusters and scoped routes.
     */
    public boolean fullState() {
        return subscribing == Subscribing.FULL_STATE;
    }

    /**
     * Whether a first request without names means everything. Envoy asks so for what has full
     * state, and for virtual hosts, whose names it does not know.
     */
    public boolean legacyWildcard() {
        return subscribing != Subscribing.BY_NAME;
    }

    /** Whether the state-of-the-world variant lacks it. */
    public boolean deltaOnly() {
        return subscribing == Subscribing.DELTA_ONLY;
    }

    /** Whether a proxy without it is not ready yet, rather than one that needs none of it. */
    public boolean isBasic() {
        return switch (this) {
            case CLUSTER, ENDPOINT, LISTENER, ROUTE -> true;
            case RUNTIME, SECRET, EXTENSION, SCOPED_ROUTE, VIRTUAL_HOST -> false;
        };
    }

    public Message prototype() {
        return prototype;
    }

    /** The name under which a message of this type is served. */
    public String nameOf(Message message) {
        var fieldName = this == ENDPOINT ? "cluster_name" : "name";
        var field =
                Objects.requireNonNull(
                        prototype.getDescriptorForType().findFieldByName(fieldName), fieldName);
        return (String) message.getField(field);
    }
}
