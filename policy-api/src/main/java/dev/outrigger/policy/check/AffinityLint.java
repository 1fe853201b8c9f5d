// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.kind.loadbalancer.LoadBalancerPolicy;
import dev.outrigger.policy.kind.sessionaffinity.SessionAffinityPolicy;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.TargetRef;
import java.util.List;
import java.util.Optional;

/** What is hashed and who goes by hashes are two blocks, of which one alone does nothing. */
final class AffinityLint {
    private AffinityLint() {}

    static void check(PolicySet set, Policy<?> document, List<Warning> report) {
        if (document.spec() instanceof TrafficPolicySpec spec) {
            var affinity = spec.block(SessionAffinityPolicy.class);
            var balancer = spec.block(LoadBalancerPolicy.class);
            for (TargetRef target : spec.targetRefs()) {
                // A route's requests may go to any service; what balances there is not its own.
                if (target instanceof TargetRef.Service) {
                    if (affinity.isPresent()) {
                        affinity(set, document, spec, target, balancer, report);
                    }
                    if (balancer.filter(LoadBalancerPolicy::isHashing).isPresent()
                            && affinity.isEmpty()) {
                        hashing(set, document, spec, target, report);
                    }
                }
            }
        }
    }

    private static void affinity(
            PolicySet set,
            Policy<?> document,
            TrafficPolicySpec spec,
            TargetRef target,
            Optional<LoadBalancerPolicy> own,
            List<Warning> report) {
        boolean hashes =
                own.or(() -> Attached.find(set, target, spec.consumers(), LoadBalancerPolicy.class))
                        .filter(LoadBalancerPolicy::isHashing)
                        .isPresent();
        if (!hashes) {
            report.add(
                    new Warning(
                            WarningCodes.AFFINITY_WITHOUT_HASHING,
                            document.id(),
                            FieldPath.of("spec", "sessionAffinity"),
                            "Has no effect on the service's own hosts: its load balancer does not go by"
                                    + " hashes. Set 'loadBalancer' to ringHash or maglev."));
        }
    }

    private static void hashing(
            PolicySet set,
            Policy<?> document,
            TrafficPolicySpec spec,
            TargetRef target,
            List<Warning> report) {
        boolean onSomeRoute =
                set.all(TrafficPolicySpec.class).stream()
                        .anyMatch(policy ->
                                policy.spec().block(SessionAffinityPolicy.class).isPresent()
                                        && policy.spec().targetRefs().stream()
                                                .anyMatch(AffinityLint::isRoute));
        boolean here =
                Attached.find(set, target, spec.consumers(), SessionAffinityPolicy.class)
                        .isPresent();
        if (!here && !onSomeRoute) {
            report.add(
                    new Warning(
                            WarningCodes.HASHING_WITHOUT_AFFINITY,
                            document.id(),
                            FieldPath.of("spec", "loadBalancer"),
                            "Sends every request to a host drawn at random: nothing says what is hashed."
                                    + " Add a 'sessionAffinity'."));
        }
    }

    private static boolean isRoute(TargetRef target) {
        return target instanceof TargetRef.Route || target instanceof TargetRef.RouteRule;
    }
}
