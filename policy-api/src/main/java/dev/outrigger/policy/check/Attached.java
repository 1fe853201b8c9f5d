// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicyKind;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.policy.model.TrafficBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which block holds at a target, as far as a document alone can tell: what the target and all that
 * it lies within are given, the most specific first. A route counts as lying within its first
 * parent.
 */
final class Attached {
    private Attached() {}

    /**
     * @param consumers the callers that are asked about; empty means those nobody names
     */
    static <B extends TrafficBlock> Optional<B> find(
            PolicySet set, TargetRef target, List<ServiceRef> consumers, Class<B> type) {
        for (TargetRef level : levels(set, target)) {
            var named = at(set, level, type, spec -> spec.consumers().containsAll(consumers));
            if (!consumers.isEmpty() && named.isPresent()) {
                return named;
            }
            var general = at(set, level, type, spec -> spec.consumers().isEmpty());
            if (general.isPresent()) {
                return general;
            }
        }
        return Optional.empty();
    }

    private static <B extends TrafficBlock> Optional<B> at(
            PolicySet set,
            TargetRef level,
            Class<B> type,
            java.util.function.Predicate<TrafficPolicySpec> concerns) {
        return set.all(TrafficPolicySpec.class).stream()
                .map(Policy::spec)
                .filter(spec -> spec.targetRefs().contains(level))
                .filter(concerns)
                .flatMap(spec -> spec.block(type).stream())
                .findFirst();
    }

    /** The target, and what it lies within. */
    private static List<TargetRef> levels(PolicySet set, TargetRef target) {
        var levels = new ArrayList<TargetRef>();
        levels.add(target);
        switch (target) {
            case TargetRef.Mesh _ -> {}
            case TargetRef.Service _ -> levels.add(new TargetRef.Mesh(TrafficPolicyKind.MESH));
            case TargetRef.Route(var document) ->
                    parent(set, document).ifPresent(service -> levels.addAll(levels(set, service)));
            case TargetRef.RouteRule(var document, _) ->
                    levels.addAll(levels(set, new TargetRef.Route(document)));
        }
        return levels;
    }

    private static Optional<TargetRef> parent(PolicySet set, PolicyId document) {
        return set.find(document)
                .flatMap(policy -> policy.as(RouteSpec.class))
                .map(route -> route.spec().parentRefs().getFirst())
                .map(parent -> new TargetRef.Service(parent.namespace(), parent.name()));
    }
}
