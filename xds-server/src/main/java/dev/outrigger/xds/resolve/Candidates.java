// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resolve;

import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TrafficBlock;
import dev.outrigger.xds.ir.EffectivePolicies.Effective;
import dev.outrigger.xds.resolve.PolicyPrecedence.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Every block that could hold at a place: the one that wins there, and those it beats. */
public final class Candidates {
    private Candidates() {}

    /**
     * By precedence, the strongest first; of equals, those that name the consumer first.
     *
     * @param inline blocks of the rule itself
     */
    public static List<Effective> at(
            PolicyIndex index,
            Place place,
            List<Effective> inline,
            ServiceRef consumer,
            TrafficBlock.Scope scope) {
        Set<Effective> named = new LinkedHashSet<>();
        Set<Effective> others = new LinkedHashSet<>();
        for (var policy : index.policies(place.service(), place.route())) {
            // Each by itself, so that it cannot lose.
            var alone =
                    new PolicyPrecedence(List.of(policy), consumer)
                            .resolve(place, List.of(), scope);
            (policy.spec().consumers().isEmpty() ? others : named).addAll(alone.byType().values());
        }
        var builtIn = new PolicyPrecedence(List.of(), consumer).resolve(place, List.of(), scope);
        var all = new LinkedHashSet<>(inline);
        all.addAll(named);
        all.addAll(others);
        all.addAll(builtIn.byType().values());
        var sorted = new ArrayList<>(all);
        sorted.sort(
                Comparator.comparing((Effective effective) -> effective.origin().level())
                        .reversed());
        return List.copyOf(sorted);
    }
}
