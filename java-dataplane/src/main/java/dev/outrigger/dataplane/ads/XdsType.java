// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.util.Optional;

/** The resource types this data plane asks for. */
public enum XdsType {
    CLUSTER("type.googleapis.com/envoy.config.cluster.v3.Cluster", true),
    ENDPOINT("type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", false),
    LISTENER("type.googleapis.com/envoy.config.listener.v3.Listener", true),
    ROUTE("type.googleapis.com/envoy.config.route.v3.RouteConfiguration", false),
    SCOPED_ROUTE("type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration", true),
    VIRTUAL_HOST("type.googleapis.com/envoy.config.route.v3.VirtualHost", false),
    SECRET("type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret", false),
    RUNTIME("type.googleapis.com/envoy.service.runtime.v3.Runtime", false),
    EXTENSION_CONFIG("type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig", false);

    private final String typeUrl;
    private final boolean wildcard;

    XdsType(String typeUrl, boolean wildcard) {
        this.typeUrl = typeUrl;
        this.wildcard = wildcard;
    }

    public String typeUrl() {
        return typeUrl;
    }

    /** Whether all resources of the type are asked for, rather than named ones. */
    public boolean isWildcard() {
        return wildcard;
    }

    public static Optional<XdsType> find(String typeUrl) {
        for (XdsType type : values()) {
            if (type.typeUrl.equals(typeUrl)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
