// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.gson.Gson;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Messages from YAML. */
final class Protos {
    private static final TypeRegistry TYPES =
            TypeRegistry.newBuilder().add(SupportedTables.extensionTypes()).build();

    private Protos() {}

    static Cluster cluster(String yaml) {
        return merge(yaml, Cluster.newBuilder()).build();
    }

    static ClusterLoadAssignment assignment(String yaml) {
        return merge(yaml, ClusterLoadAssignment.newBuilder()).build();
    }

    static RouteConfiguration routes(String yaml) {
        return merge(yaml, RouteConfiguration.newBuilder()).build();
    }

    static Listener listener(String yaml) {
        return merge(yaml, Listener.newBuilder()).build();
    }

    /** A listener around an HTTP connection manager with these fields. */
    static Listener withManager(String fields) {
        return listener(
                """
                name: l
                address: {socket_address: {address: 127.0.0.1, port_value: 80}}
                filter_chains:
                - filters:
                  - name: hcm
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: ingress
                      http_filters:
                      - name: envoy.filters.http.router
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                """
                        + fields.strip().indent(6));
    }

    /** A table whose only route has these fields. */
    static RouteConfiguration withRoute(String fields) {
        return routes(
                """
                name: r
                virtual_hosts:
                - name: v
                  domains: ["*"]
                  routes:
                  -
                """
                        + fields.strip().indent(4));
    }

    static <B extends Message.Builder> B merge(String yaml, B builder) {
        Object tree = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        try {
            JsonFormat.parser().usingTypeRegistry(TYPES).merge(new Gson().toJson(tree), builder);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(yaml, e);
        }
        return builder;
    }
}
