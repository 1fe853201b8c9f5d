// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind;

import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrVirtualHost;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/**
 * A route-scoped policy kind that is an HTTP filter. The filter is in every outbound listener,
 * switched off, and a route's own configuration switches it on: a policy never changes a listener,
 * whose connections would be drained. Implementations are stateless.
 */
public interface FilterKind {
    /** The filter as listeners have it: disabled, with the least configuration there is. */
    HttpFilter filter();

    /** Fills the kind's own fields of a virtual host and touches no other. */
    default void translate(IrVirtualHost host, VirtualHost.Builder builder) {}

    /** Fills the kind's own fields of a route, whatever its action, and touches no other. */
    default void translate(IrRoute route, IrVirtualHost host, Route.Builder builder) {}
}
