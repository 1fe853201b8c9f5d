// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.ServiceRef;
import java.util.List;

/** A document that routes: which requests for the parent services go to which backends. */
public interface RouteSpec extends PolicySpec {
    List<ServiceRef> parentRefs();

    List<HttpRouteSpec.Rule> rules();

    /** Whether it takes gRPC calls only, and leaves every other request to other documents. */
    boolean isGrpc();
}
