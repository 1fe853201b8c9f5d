// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.model.PolicyId;
import java.util.List;

/**
 * The documents that select a node, ordered by identity. Nodes with equal keys share a snapshot.
 * Immutable.
 */
public record NodeGroupKey(List<PolicyId> documents) {
    public NodeGroupKey {
        documents = List.copyOf(documents);
    }
}
