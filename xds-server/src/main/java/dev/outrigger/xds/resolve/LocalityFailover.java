// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resolve;

import dev.outrigger.policy.kind.localityfailover.LocalityFailoverPolicy;
import dev.outrigger.policy.kind.service.ServiceSpec.Address;
import dev.outrigger.policy.kind.service.ServiceSpec.Locality;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Priorities of endpoints as one caller sees them. An endpoint's own priority counts first, and
 * among those of the same one the nearer endpoints come first; then all are numbered without a gap,
 * as Envoy wants them.
 */
final class LocalityFailover {
    private final LocalityFailoverPolicy policy;
    private final Optional<Locality> here;

    LocalityFailover(LocalityFailoverPolicy policy, Optional<Locality> here) {
        this.policy = policy;
        this.here = here;
    }

    /** What an endpoint is ranked by. */
    private record Rank(int own, int distance) implements Comparable<Rank> {
        @Override
        public int compareTo(Rank other) {
            return own != other.own
                    ? Integer.compare(own, other.own)
                    : Integer.compare(distance, other.distance);
        }
    }

    List<Address> ranked(List<Address> addresses) {
        var ranks = new TreeSet<Rank>();
        var kept = new ArrayList<Address>();
        for (Address address : addresses) {
            int distance = distance(address.locality());
            if (distance <= policy.regions().size() + 1 || policy.elsewhere()) {
                kept.add(address);
                ranks.add(new Rank(address.priority(), distance));
            }
        }
        var inOrder = List.copyOf(ranks);
        return kept.stream()
                .map(address -> {
                    var rank = new Rank(address.priority(), distance(address.locality()));
                    return new Address(
                            address.address(),
                            address.port(),
                            address.weight(),
                            address.locality(),
                            inOrder.indexOf(rank));
                })
                .toList();
    }

    /** 0 the own zone, 1 the own region, then the listed regions, and then the rest. */
    private int distance(Optional<Locality> there) {
        int rest = policy.regions().size() + 2;
        if (there.isEmpty()) {
            return rest;
        }
        if (here.isPresent() && there.get().region().equals(here.get().region())) {
            boolean isZone = there.get().zone().equals(here.get().zone());
            return policy.preferZone() && !isZone ? 1 : 0;
        }
        int listed = policy.regions().indexOf(there.get().region());
        return listed < 0 ? rest : listed + 2;
    }
}
