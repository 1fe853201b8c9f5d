// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind;

import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.ir.IrRoute;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.util.List;

/** What a route-scoped policy kind adds to a route. Implementations are stateless. */
public interface RouteKind {
    /**
     * The methods the kind must tell apart on this route, because Envoy cannot within one; empty
     * when one route will do. Only one kind may split a route.
     */
    default List<String> separateMethods(IrRoute route) {
        return List.of();
    }

    /** Fills the kind's own fields and touches no other. */
    void translate(EffectivePolicies policies, RouteMethods methods, RouteAction.Builder action);
}
