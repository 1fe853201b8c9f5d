// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.protobuf.Any;
import com.google.protobuf.TypeRegistry;
import dev.outrigger.dataplane.parse.SupportedTables;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;

/** The types accepted configuration may hold inside an {@code Any}. */
final class ExtensionTypes {
    private static final TypeRegistry KNOWN =
            TypeRegistry.newBuilder()
                    .add(SupportedTables.extensionTypes())
                    .add(Cluster.getDescriptor())
                    .add(ClusterLoadAssignment.getDescriptor())
                    .add(Listener.getDescriptor())
                    .add(RouteConfiguration.getDescriptor())
                    .add(Any.getDescriptor())
                    .build();

    private ExtensionTypes() {}

    static TypeRegistry registry() {
        return KNOWN;
    }
}
