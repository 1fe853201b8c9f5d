// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.policy.model.TrafficBlock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * No two traffic policies set the same block for the same target and the same caller. Between a
 * policy with consumers and one without, the first wins, so these never tie.
 */
final class TieCheck {
    /** What only one policy may set; no consumer means every caller. */
    record Slot(String block, TargetRef target, Optional<ServiceRef> consumer) {}

    private record Pair(PolicyId first, PolicyId second, String block) {}

    private TieCheck() {}

    static List<Finding> findings(Collection<Policy<TrafficPolicySpec>> policies) {
        Map<Slot, PolicyId> taken = new HashMap<>();
        Set<Pair> reported = new HashSet<>();
        var findings = new ArrayList<Finding>();
        for (Policy<TrafficPolicySpec> policy : policies) {
            for (Slot slot : slots(policy.spec())) {
                PolicyId first = taken.putIfAbsent(slot, policy.id());
                boolean isTie = first != null && !first.equals(policy.id());
                if (isTie && reported.add(new Pair(first, policy.id(), slot.block()))) {
                    findings.add(tie(policy.id(), first, slot));
                    findings.add(tie(first, policy.id(), slot));
                }
            }
        }
        return findings;
    }

    static List<Slot> slots(TrafficPolicySpec spec) {
        var slots = new ArrayList<Slot>();
        for (TrafficBlock block : spec.blocks()) {
            for (TargetRef target : spec.targetRefs()) {
                if (spec.consumers().isEmpty()) {
                    slots.add(new Slot(block.blockName(), target, Optional.empty()));
                }
                for (ServiceRef consumer : spec.consumers()) {
                    slots.add(new Slot(block.blockName(), target, Optional.of(consumer)));
                }
            }
        }
        return slots;
    }

    private static Finding tie(PolicyId owner, PolicyId other, Slot slot) {
        return new Finding(
                owner,
                FieldPath.of("spec", slot.block()),
                ViolationCode.POLICY_TIE,
                other,
                owner
                        + " and "
                        + other
                        + " both set '"
                        + slot.block()
                        + "' for "
                        + describe(slot.target())
                        + " and "
                        + slot.consumer()
                                .map(caller -> "the caller " + caller)
                                .orElse("every caller")
                        + ": neither can win. Merge them, or change the targets or consumers of"
                        + " one.");
    }

    private static String describe(TargetRef target) {
        return switch (target) {
            case TargetRef.Mesh _ -> "the mesh";
            case TargetRef.Service(var namespace, var name) ->
                    new PolicyId("Service", namespace, name).toString();
            case TargetRef.Route(var document) -> document.toString();
            case TargetRef.RouteRule(var document, var rule) -> document + " rule " + rule;
        };
    }
}
