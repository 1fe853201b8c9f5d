// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.model.PolicyId;
import java.util.List;

/**
 * The documents that select a node, ordered by identity, and what kind of client it is. Nodes with
 * equal keys share a snapshot. Immutable.
 */
public record NodeGroupKey(List<PolicyId> documents, ClientKind client) {
    /** A group of proxies. */
    public NodeGroupKey(List<PolicyId> documents) {
        this(documents, ClientKind.PROXY);
    }

    public NodeGroupKey {
        documents = List.copyOf(documents);
    }
}
