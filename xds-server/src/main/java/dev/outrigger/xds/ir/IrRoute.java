// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

import dev.outrigger.policy.kind.grpcroute.GrpcRouteKind;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.RouteFilters;
import dev.outrigger.policy.kind.httproute.RouteFilters.HeaderEdits;
import dev.outrigger.policy.kind.httproute.RouteFilters.Rewrite;
import dev.outrigger.policy.model.Percentage;
import dev.outrigger.policy.model.PolicyId;
import java.util.List;
import java.util.Optional;

/**
 * One match with what happens to its requests and the policies that hold for it.
 *
 * @param name says which rule of which document this is, or which service when no document routes
 * @param document which routes here; empty if none does
 * @param filters its mirrors are in {@code mirrors}
 * @param backends empty or without weight, and no answer among the filters: such a request is
 *     answered with 500 (Gateway API)
 */
public record IrRoute(
        String name,
        Optional<PolicyId> document,
        HttpRouteSpec.Match match,
        RouteFilters filters,
        List<IrBackend> backends,
        List<IrMirror> mirrors,
        EffectivePolicies policies) {
    public IrRoute {
        backends = List.copyOf(backends);
        mirrors = List.copyOf(mirrors);
    }

    /** Whether it takes gRPC calls only. */
    public boolean isGrpc() {
        return document.filter(id -> id.kind().equals(GrpcRouteKind.KIND)).isPresent();
    }

    /** Backends with a share of the traffic; a proxy need not know the others. */
    public List<IrBackend> weighted() {
        return backends.stream().filter(backend -> backend.weight() > 0).toList();
    }

    /** A share of the traffic, and the edits of its headers and of its address. */
    public record IrBackend(
            IrServicePort servicePort,
            int weight,
            HeaderEdits request,
            HeaderEdits response,
            Optional<Rewrite> rewrite) {
        public IrBackend(IrServicePort servicePort, int weight) {
            this(servicePort, weight, HeaderEdits.NONE, HeaderEdits.NONE, Optional.empty());
        }
    }

    /** Where copies go. */
    public record IrMirror(IrServicePort servicePort, Percentage percent) {}
}
