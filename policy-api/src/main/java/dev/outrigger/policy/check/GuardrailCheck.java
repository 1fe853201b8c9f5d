// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Gep2257Duration;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.guardrails.GuardrailsPolicy;
import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.kind.retry.RetryPolicy;
import dev.outrigger.policy.kind.timeouts.TimeoutsPolicy;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * No policy and no route asks for more than the guardrails of the mesh allow. Who tightens them
 * learns of every document that is beyond them already.
 */
final class GuardrailCheck {
    /** What a block of timeouts without {@code request} comes to; the same as Envoy's. */
    private static final Duration DEFAULT_REQUEST = Duration.ofSeconds(15);

    private final PolicyId guard;
    private final GuardrailsPolicy limits;
    private final List<Finding> findings;

    private GuardrailCheck(PolicyId guard, GuardrailsPolicy limits, List<Finding> findings) {
        this.guard = guard;
        this.limits = limits;
        this.findings = findings;
    }

    /** Whether the document says what others may ask for. */
    static boolean isGuard(PolicySpec spec) {
        return spec instanceof TrafficPolicySpec policy
                && policy.block(GuardrailsPolicy.class).isPresent();
    }

    /** Whether the document asks for something that may be guarded. */
    static boolean isGuarded(PolicySpec spec) {
        return switch (spec) {
            case TrafficPolicySpec policy ->
                    policy.block(RetryPolicy.class).isPresent()
                            || policy.block(TimeoutsPolicy.class).isPresent();
            case RouteSpec route ->
                    route.rules().stream()
                            .anyMatch(rule ->
                                    rule.retry().isPresent() || rule.timeouts().isPresent());
            default -> false;
        };
    }

    static List<Finding> findings(Collection<Policy<?>> policies) {
        var findings = new ArrayList<Finding>();
        for (Policy<?> guard : policies) {
            if (guard.spec() instanceof TrafficPolicySpec spec) {
                spec.block(GuardrailsPolicy.class)
                        .map(limits -> new GuardrailCheck(guard.id(), limits, findings))
                        .ifPresent(check -> policies.forEach(check::check));
            }
        }
        return findings;
    }

    private void check(Policy<?> policy) {
        switch (policy.spec()) {
            case TrafficPolicySpec spec ->
                    check(
                            policy.id(),
                            FieldPath.of("spec"),
                            spec.block(RetryPolicy.class),
                            spec.block(TimeoutsPolicy.class));
            case RouteSpec spec -> {
                for (int i = 0; i < spec.rules().size(); i++) {
                    var rule = spec.rules().get(i);
                    check(
                            policy.id(),
                            FieldPath.of("spec", "rules").child(i),
                            rule.retry(),
                            rule.timeouts());
                }
            }
            default -> {} // Nobody else retries or waits.
        }
    }

    private void check(
            PolicyId owner,
            FieldPath path,
            Optional<RetryPolicy> retry,
            Optional<TimeoutsPolicy> timeouts) {
        if (retry.isPresent() && limits.maxAttempts().isPresent()) {
            int max = limits.maxAttempts().get();
            int attempts = retry.get().attempts();
            if (attempts > max) {
                report(
                        owner,
                        path.child("retry").child("attempts"),
                        attempts + " is more than " + guard + " allows (expected: at most " + max);
            }
        }
        if (timeouts.isPresent() && limits.maxRequestTimeout().isPresent()) {
            var max = limits.maxRequestTimeout().get();
            var request = timeouts.get().request().orElse(DEFAULT_REQUEST);
            if (request.isZero() || request.compareTo(max) > 0) {
                report(
                        owner,
                        path.child("timeouts").child("request"),
                        (request.isZero()
                                        ? "No limit"
                                        : Gep2257Duration.format(request)
                                                + (timeouts.get().request().isPresent()
                                                        ? ""
                                                        : ", which holds unless given,"))
                                + " is more than "
                                + guard
                                + " allows (expected: at most "
                                + Gep2257Duration.format(max));
            }
        }
    }

    private void report(PolicyId owner, FieldPath path, String detail) {
        findings.add(
                new Finding(owner, path, ViolationCode.BEYOND_GUARDRAIL, guard, detail + ")."));
    }
}
