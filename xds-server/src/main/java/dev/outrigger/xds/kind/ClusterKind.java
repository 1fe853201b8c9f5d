// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind;

import dev.outrigger.xds.ir.IrCluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;

/** What a cluster-scoped policy kind adds to a cluster. Implementations are stateless. */
public interface ClusterKind {
    /** Fills the kind's own fields and touches no other. */
    void translate(IrCluster.Outbound outbound, Cluster.Builder cluster);
}
