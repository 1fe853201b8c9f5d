// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.grpcroute;

import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Rule;
import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.model.ServiceRef;
import java.util.List;

/**
 * Which gRPC calls to the parent services go to which backends. A call is a POST to {@code
 * /package.Service/Method}, so its rules are those of HTTP with such paths.
 */
public record GrpcRouteSpec(List<ServiceRef> parentRefs, List<Rule> rules) implements RouteSpec {
    public GrpcRouteSpec {
        parentRefs = List.copyOf(parentRefs);
        rules = List.copyOf(rules);
    }

    @Override
    public boolean isGrpc() {
        return true;
    }
}
