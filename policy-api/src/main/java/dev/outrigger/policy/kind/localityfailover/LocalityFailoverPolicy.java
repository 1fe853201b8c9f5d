// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.localityfailover;

import dev.outrigger.policy.model.TrafficBlock;
import java.util.List;

/**
 * Which endpoints of a service get requests first, seen from the locality that the caller's Sidecar
 * names: those of its zone, of its region, of the regions listed, and all others. The next get
 * requests as the ones before fail, which health checks or outlier detection must find out.
 *
 * @param preferZone whether the own zone comes before the rest of the own region
 * @param regions where to turn when the own region fails, in this order
 * @param elsewhere whether all other endpoints come last; if not, they get nothing
 */
public record LocalityFailoverPolicy(boolean preferZone, List<String> regions, boolean elsewhere)
        implements TrafficBlock {
    public LocalityFailoverPolicy {
        regions = List.copyOf(regions);
    }

    @Override
    public String blockName() {
        return "localityFailover";
    }

    @Override
    public Scope scope() {
        return Scope.CLUSTER;
    }
}
