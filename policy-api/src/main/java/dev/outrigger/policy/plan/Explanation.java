// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.policy.model.PolicyId;
import java.util.List;
import java.util.Optional;

/** What happens to a request, and why. */
public sealed interface Explanation {
    /**
     * It is not routed.
     *
     * @param detail why, as a sentence
     */
    record Unrouted(Reason reason, String detail) implements Explanation {}

    /** Why a request is not routed. */
    enum Reason {
        NO_SIDECAR,
        UNKNOWN_HOST,
        NO_MATCH
    }

    /**
     * It is routed.
     *
     * @param sidecar whose proxies were asked about
     * @param destination the service whose name it is
     * @param rule {@code namespace/route/rule}, or the service itself
     * @param route the document with the rule, if one routes the service
     * @param blocks what holds for the request
     * @param backends where it may go
     * @param envoy the route as Envoy is sent it
     */
    record Routed(
            PolicyId sidecar,
            PolicyId destination,
            String rule,
            Optional<PolicyId> route,
            List<Decided> blocks,
            List<Backend> backends,
            JsonNode envoy)
            implements Explanation {
        public Routed {
            blocks = List.copyOf(blocks);
            backends = List.copyOf(backends);
        }
    }

    /** A block that holds, and those it beat, the strongest first. */
    record Decided(String block, Source source, List<Source> beaten) {
        public Decided {
            beaten = List.copyOf(beaten);
        }
    }

    /** A service's port with its share, and the blocks that act on all requests to it. */
    record Backend(PolicyId service, int port, int weight, List<Decided> blocks) {
        public Backend {
            blocks = List.copyOf(blocks);
        }
    }
}
