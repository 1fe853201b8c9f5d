// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind;

import dev.outrigger.xds.ir.IrCluster;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.Optional;

/**
 * A cluster-scoped policy kind that is an HTTP filter of the cluster: it meets every attempt on its
 * way to a host, whichever route it came by. Implementations are stateless.
 */
public interface UpstreamFilterKind {
    /** The filter, where the policy holds. */
    Optional<HttpFilter> filter(IrCluster.Outbound outbound);
}
