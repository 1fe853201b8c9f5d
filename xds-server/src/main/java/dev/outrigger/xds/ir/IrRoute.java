// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.RouteFilters;
import dev.outrigger.policy.kind.httproute.RouteFilters.HeaderEdits;
import dev.outrigger.policy.model.Percentage;
import java.util.List;

/**
 * One match with what happens to its requests and the policies that hold for it.
 *
 * @param name says which rule of which document this is, or which service when no document routes
 * @param filters its mirrors are in {@code mirrors}
 * @param backends empty or without weight, and no answer among the filters: such a request is
 *     answered with 500 (Gateway API)
 */
public record IrRoute(
        String name,
        HttpRouteSpec.Match match,
        RouteFilters filters,
        List<IrBackend> backends,
        List<IrMirror> mirrors,
        EffectivePolicies policies) {
    public IrRoute {
        backends = List.copyOf(backends);
        mirrors = List.copyOf(mirrors);
    }

    /** Backends with a share of the traffic; a proxy need not know the others. */
    public List<IrBackend> weighted() {
        return backends.stream().filter(backend -> backend.weight() > 0).toList();
    }

    /** A share of the traffic, and the edits of its headers. */
    public record IrBackend(
            IrServicePort servicePort, int weight, HeaderEdits request, HeaderEdits response) {
        public IrBackend(IrServicePort servicePort, int weight) {
            this(servicePort, weight, HeaderEdits.NONE, HeaderEdits.NONE);
        }
    }

    /** Where copies go. */
    public record IrMirror(IrServicePort servicePort, Percentage percent) {}
}
