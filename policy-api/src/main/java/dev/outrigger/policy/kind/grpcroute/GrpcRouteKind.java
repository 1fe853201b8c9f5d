// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.grpcroute;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.kind.httproute.RouteProtocol;
import dev.outrigger.policy.kind.httproute.RouteReader;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.Reference;
import java.util.List;
import java.util.Optional;

/**
 * Reads GRPCRoute, with the field names of Gateway API: as an HTTPRoute (see {@link RouteReader}),
 * but for the {@code matches} (see {@link GrpcMatchReader}) and for the filters, which edit headers
 * and mirror. Backends must be ports that speak HTTP/2.
 */
public final class GrpcRouteKind implements PolicyKind<GrpcRouteSpec> {
    public static final String KIND = "GRPCRoute";

    private final RouteReader reader =
            new RouteReader(RouteProtocol.GRPC, GrpcMatchReader::read, GrpcMatchReader.ANY);

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String plural() {
        return "grpcroutes";
    }

    @Override
    public Class<GrpcRouteSpec> specType() {
        return GrpcRouteSpec.class;
    }

    @Override
    public Optional<GrpcRouteSpec> read(DocumentNode spec, PolicyId id) {
        var mark = spec.violations().mark();
        var read = reader.read(spec, id);
        return mark.ifClean(
                () -> new GrpcRouteSpec(read.orElseThrow().parents(), read.orElseThrow().rules()));
    }

    @Override
    public List<Reference> references(GrpcRouteSpec spec) {
        return RouteReader.references(spec);
    }
}
