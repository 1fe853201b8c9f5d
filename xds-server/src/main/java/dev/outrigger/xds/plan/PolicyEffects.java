// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.plan.Effects;
import dev.outrigger.policy.plan.Explanation;
import dev.outrigger.policy.plan.GivenQuery;
import dev.outrigger.policy.plan.GivenResource;
import dev.outrigger.policy.plan.Outstanding;
import dev.outrigger.policy.plan.Overridden;
import dev.outrigger.policy.plan.PlannedEffects;
import dev.outrigger.policy.plan.Question;
import dev.outrigger.xds.node.NodeIdentity;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Plans and explanations. Each is worked out from scratch on the caller's thread, two at a time:
 * they may cost as much as a whole translation, and proxies come first. Any thread.
 */
public final class PolicyEffects implements Effects {
    private static final int MAX_AT_A_TIME = 2;

    private final Supplier<List<NodeIdentity>> nodes;
    private final Function<String, Optional<GivenSnapshot>> given;
    private final Semaphore running = new Semaphore(MAX_AT_A_TIME, true);

    /**
     * @param nodes the clients that are connected
     * @param given what one of them was given, by its id
     */
    public PolicyEffects(
            Supplier<List<NodeIdentity>> nodes, Function<String, Optional<GivenSnapshot>> given) {
        this.nodes = nodes;
        this.given = given;
    }

    @Override
    public PlannedEffects between(PolicySet before, PolicySet after) {
        return alone(() -> {
            var effective = new EffectiveDiff(before, after).changes();
            var resources = new ResourceDiff(before, after).changes(nodes.get());
            return new PlannedEffects(
                    shortened(effective),
                    shortened(resources),
                    Math.max(effective.size(), resources.size()) <= PlannedEffects.MAX_CHANGES);
        });
    }

    @Override
    public Explanation explain(PolicySet policies, Question question) {
        return alone(() -> new RequestExplainer(policies).explain(question));
    }

    @Override
    public List<Overridden> overridden(PolicySet policies, PolicyId document) {
        boolean hasBlocks =
                policies.find(document)
                        .filter(policy -> policy.spec() instanceof TrafficPolicySpec)
                        .isPresent();
        return hasBlocks ? alone(() -> OverriddenBlocks.of(policies, document)) : List.of();
    }

    @Override
    public Optional<List<GivenResource>> given(String proxy, GivenQuery query) {
        return given.apply(proxy).map(one -> GivenResources.page(one.snapshot(), query));
    }

    @Override
    public Optional<Outstanding> outstanding(String proxy, PolicySet wanted) {
        return given.apply(proxy)
                .map(one ->
                        alone(() -> {
                            var changes = ResourceDiff.outstanding(one, wanted);
                            return new Outstanding(
                                    one.snapshot().revision(),
                                    shortened(changes),
                                    changes.size() <= PlannedEffects.MAX_CHANGES);
                        }));
    }

    private <T> T alone(Supplier<T> work) {
        running.acquireUninterruptibly();
        try {
            return work.get();
        } finally {
            running.release();
        }
    }

    private static <T> List<T> shortened(List<T> all) {
        return all.subList(0, Math.min(all.size(), PlannedEffects.MAX_CHANGES));
    }
}
