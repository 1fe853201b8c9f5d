// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.policy.model.PolicyId;
import java.util.List;
import java.util.Optional;

/**
 * An xDS resource that proxies would be sent differently.
 *
 * @param proxies the ids of those connected now; none if the Sidecar selects none of them
 * @param sidecars the documents that select them
 * @param before as JSON; empty if it is new
 * @param after as JSON; empty if it goes
 */
public record ResourceChange(
        List<String> proxies,
        List<PolicyId> sidecars,
        String type,
        String name,
        Optional<JsonNode> before,
        Optional<JsonNode> after) {
    public ResourceChange {
        proxies = List.copyOf(proxies);
        sidecars = List.copyOf(sidecars);
    }
}
