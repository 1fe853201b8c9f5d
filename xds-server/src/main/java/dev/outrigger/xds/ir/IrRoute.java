// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import java.util.List;

/**
 * One match with its backends and the policies that hold for it.
 *
 * @param name says which rule of which document this is, or which service when no document routes
 * @param backends empty or without weight: such a request is answered with 500 (Gateway API)
 */
public record IrRoute(
        String name,
        HttpRouteSpec.Match match,
        List<IrBackend> backends,
        EffectivePolicies policies) {
    public IrRoute {
        backends = List.copyOf(backends);
    }

    /** A share of the traffic. */
    public record IrBackend(IrServicePort servicePort, int weight) {}
}
