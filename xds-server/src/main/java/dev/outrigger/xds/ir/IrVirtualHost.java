// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

import dev.outrigger.policy.model.PolicyId;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One port of a service under the names its callers use.
 *
 * @param domains values of the Host header, with and without the port
 * @param routes in order; first match wins
 */
public record IrVirtualHost(
        IrServicePort servicePort,
        List<String> domains,
        List<IrRoute> routes,
        SortedSet<PolicyId> provenance) {
    public IrVirtualHost {
        domains = List.copyOf(domains);
        routes = List.copyOf(routes);
        provenance = Collections.unmodifiableSortedSet(new TreeSet<>(provenance));
    }
}
