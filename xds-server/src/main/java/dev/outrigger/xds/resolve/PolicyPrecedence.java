// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resolve;

import dev.outrigger.policy.kind.timeouts.TimeoutsPolicy;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.policy.model.TrafficBlock;
import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.ir.EffectivePolicies.Effective;
import dev.outrigger.xds.ir.EffectivePolicies.Level;
import dev.outrigger.xds.ir.EffectivePolicies.Origin;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of several policies wins, on one page.
 *
 * <ol>
 *   <li>Levels: built-in &lt; Mesh &lt; Service &lt; route &lt; rule &lt; inline in the rule.
 *   <li>Blocks resolve independently, and the winner supplies the whole block: half of one retry
 *       block is never mixed with half of another.
 *   <li>At one level a policy that names this consumer beats one that names none. A policy for
 *       other consumers does not take part.
 *   <li>A tie beyond that was refused when it was written; should one get here the first document
 *       by identity wins, on every replica alike.
 * </ol>
 *
 * Immutable, any thread.
 */
public final class PolicyPrecedence {
    /**
     * What holds where nobody said anything. Envoy has the same 15 s, unseen; sent explicitly, they
     * are in the proxy's configuration for everybody who wonders.
     */
    static final TimeoutsPolicy BUILT_IN_TIMEOUTS =
            new TimeoutsPolicy(
                    Optional.of(Duration.ofSeconds(15)), Optional.empty(), Optional.empty());

    private final List<Policy<TrafficPolicySpec>> policies;
    private final ServiceRef consumer;

    /**
     * @param policies every TrafficPolicy that may have a say, ordered by identity
     * @param consumer the service whose sidecars will enforce the outcome
     */
    public PolicyPrecedence(List<Policy<TrafficPolicySpec>> policies, ServiceRef consumer) {
        this.policies =
                policies.stream()
                        .filter(policy -> concerns(policy.spec(), consumer))
                        // Stable, so documents stay ordered by identity among themselves.
                        .sorted(Comparator.comparing(policy -> policy.spec().consumers().isEmpty()))
                        .toList();
        this.consumer = consumer;
    }

    public ServiceRef consumer() {
        return consumer;
    }

    /** The route-scoped and cluster-scoped blocks at a place, given the targets it lies within. */
    public EffectivePolicies resolve(
            Place place, List<Effective> inline, TrafficBlock.Scope scope) {
        Map<Class<? extends TrafficBlock>, Effective> winners = new HashMap<>();
        if (scope == TrafficBlock.Scope.ROUTE) {
            offer(
                    winners,
                    new Effective(BUILT_IN_TIMEOUTS, new Origin(Level.BUILT_IN, Optional.empty())));
        }
        for (Policy<TrafficPolicySpec> policy : policies) {
            level(policy.spec().targetRefs(), place)
                    .ifPresent(level ->
                            policy.spec().blocks().stream()
                                    .filter(block -> block.scope() == scope)
                                    .map(block ->
                                            new Effective(
                                                    block,
                                                    new Origin(level, Optional.of(policy.id()))))
                                    .forEach(effective -> offer(winners, effective)));
        }
        inline.forEach(effective -> offer(winners, effective));
        return EffectivePolicies.of(winners.values());
    }

    /** An earlier offer of the same level stays: policies come in their order of preference. */
    private static void offer(
            Map<Class<? extends TrafficBlock>, Effective> winners, Effective candidate) {
        winners.merge(
                candidate.block().getClass(),
                candidate,
                (current, other) ->
                        other.origin().level().compareTo(current.origin().level()) > 0
                                ? other
                                : current);
    }

    private static boolean concerns(TrafficPolicySpec spec, ServiceRef consumer) {
        return spec.consumers().isEmpty() || spec.consumers().contains(consumer);
    }

    /** The most specific of the targets that the place lies within. */
    private static Optional<Level> level(List<TargetRef> targets, Place place) {
        return targets.stream()
                .flatMap(target -> level(target, place).stream())
                .max(Comparator.naturalOrder());
    }

    private static Optional<Level> level(TargetRef target, Place place) {
        return switch (target) {
            case TargetRef.Mesh _ -> Optional.of(Level.MESH);
            case TargetRef.Service(var namespace, var name) ->
                    when(place.service().equals(new ServiceRef(namespace, name)), Level.SERVICE);
            case TargetRef.Route(var document) -> when(place.isRoute(document), Level.ROUTE);
            case TargetRef.RouteRule(var document, var rule) ->
                    when(
                            place.isRoute(document) && place.rule().equals(Optional.of(rule)),
                            Level.ROUTE_RULE);
        };
    }

    private static Optional<Level> when(boolean condition, Level level) {
        return condition ? Optional.of(level) : Optional.empty();
    }

    /**
     * Where policies are resolved: a service, and the rule of a route if one applies.
     *
     * @param route the document
     * @param rule its {@code sectionName}
     */
    public record Place(ServiceRef service, Optional<PolicyId> route, Optional<String> rule) {
        public static Place of(ServiceRef service) {
            return new Place(service, Optional.empty(), Optional.empty());
        }

        private boolean isRoute(PolicyId document) {
            return route.equals(Optional.of(document));
        }
    }
}
