// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resource;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.Arrays;
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
    // First: everything else refers to clusters, and Envoy asks for endpoints only once it has
    // them.
    CLUSTER(Cluster.getDefaultInstance(), "CDS", true),
    // Before listeners and routes, so that a cluster is warm before traffic is sent to it.
    ENDPOINT(ClusterLoadAssignment.getDefaultInstance(), "EDS", false),
    // Before routes: Envoy asks for a route configuration only once a listener names it.
    LISTENER(Listener.getDefaultInstance(), "LDS", true),
    // Last: it moves traffic, so all it refers to must be there.
    ROUTE(RouteConfiguration.getDefaultInstance(), "RDS", false);

    private static final Map<String, ResourceType> BY_URL =
            Arrays.stream(values())
                    .collect(Collectors.toMap(ResourceType::typeUrl, Function.identity()));

    private final Message prototype;
    private final String typeUrl;
    private final String shortName;
    private final boolean fullState;

    ResourceType(Message prototype, String shortName, boolean fullState) {
        this.prototype = prototype;
        this.typeUrl = "type.googleapis.com/" + prototype.getDescriptorForType().getFullName();
        this.shortName = shortName;
        this.fullState = fullState;
    }

    public static Optional<ResourceType> find(String typeUrl) {
        return Optional.ofNullable(BY_URL.get(typeUrl));
    }

    public String typeUrl() {
        return typeUrl;
    }

    /** CDS, EDS, LDS or RDS: for logs and metrics. */
    public String shortName() {
        return shortName;
    }

    /**
     * Whether a state-of-the-world response that lacks a resource means that it is gone, and an
     * empty first request means everything. Both hold for listeners and clusters only.
     */
    public boolean fullState() {
        return fullState;
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
