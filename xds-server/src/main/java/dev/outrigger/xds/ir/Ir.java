// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

import dev.outrigger.policy.model.PolicyId;
import java.util.List;

/**
 * What the proxies of one Sidecar document need.
 *
 * @param virtualHosts what its outbound listeners route, the same for each of them
 */
public record Ir(
        PolicyId sidecar,
        List<IrListener> listeners,
        List<IrVirtualHost> virtualHosts,
        List<IrCluster> clusters) {
    public Ir {
        listeners = List.copyOf(listeners);
        virtualHosts = List.copyOf(virtualHosts);
        clusters = List.copyOf(clusters);
    }
}
