// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.protobuf.Any;
import com.google.protobuf.TypeRegistry;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;

/** The types accepted configuration may hold inside an {@code Any}. */
final class ExtensionTypes {
    private static final TypeRegistry KNOWN =
            TypeRegistry.newBuilder()
                    .add(Cluster.getDescriptor())
                    .add(ClusterLoadAssignment.getDescriptor())
                    .add(Listener.getDescriptor())
                    .add(RouteConfiguration.getDescriptor())
                    .add(HttpConnectionManager.getDescriptor())
                    .add(Router.getDescriptor())
                    .add(HttpProtocolOptions.getDescriptor())
                    .add(FileAccessLog.getDescriptor())
                    .add(StdoutAccessLog.getDescriptor())
                    .add(StderrAccessLog.getDescriptor())
                    .add(PreviousHostsPredicate.getDescriptor())
                    .add(Any.getDescriptor())
                    .build();

    private ExtensionTypes() {}

    static TypeRegistry registry() {
        return KNOWN;
    }
}
