// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Gep2257Duration;
import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.kind.retry.RetryPolicy;
import dev.outrigger.policy.kind.timeouts.TimeoutsPolicy;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.TargetRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Retries and timeouts, by themselves and together. */
final class RetryLint {
    /** What holds where nobody says how long a request may take; the same as Envoy's. */
    private static final Duration DEFAULT_REQUEST = Duration.ofSeconds(15);

    private static final Duration DEFAULT_BACKOFF = Duration.ofMillis(25);
    private static final int DEFAULT_MAX_FACTOR = 10;

    /** Conditions that may hold when the upstream has seen the request. */
    private static final List<String> UNSAFE =
            List.of("5xx", "gateway-error", "reset", "retriable-4xx");

    private RetryLint() {}

    static void check(PolicySet set, Policy<?> document, List<Warning> report) {
        switch (document.spec()) {
            case TrafficPolicySpec spec -> policy(set, document, spec, report);
            case RouteSpec spec -> route(set, document, spec, report);
            default -> {} // Nobody else retries.
        }
    }

    private static void policy(
            PolicySet set, Policy<?> document, TrafficPolicySpec spec, List<Warning> report) {
        var path = FieldPath.of("spec");
        var retry = spec.block(RetryPolicy.class);
        var timeouts = spec.block(TimeoutsPolicy.class);
        alone(document, path, retry, timeouts, report);
        if (retry.isEmpty() && timeouts.isEmpty()) {
            return;
        }
        for (TargetRef target : spec.targetRefs()) {
            together(
                    document,
                    path.child(retry.isPresent() ? "retry" : "timeouts"),
                    retry.or(() -> Attached.find(set, target, spec.consumers(), RetryPolicy.class)),
                    timeouts.or(() ->
                            Attached.find(set, target, spec.consumers(), TimeoutsPolicy.class)),
                    report);
        }
    }

    private static void route(
            PolicySet set, Policy<?> document, RouteSpec spec, List<Warning> report) {
        for (int i = 0; i < spec.rules().size(); i++) {
            var rule = spec.rules().get(i);
            var path = FieldPath.of("spec", "rules").child(i);
            if (rule.retry().isEmpty() && rule.timeouts().isEmpty()) {
                continue;
            }
            var field = path.child(rule.retry().isPresent() ? "retry" : "timeouts");
            if (rule.filters().answer().isPresent()) {
                report.add(
                        new Warning(
                                WarningCodes.NOTHING_TO_RETRY,
                                document.id(),
                                field,
                                "Has no effect: a filter of this rule answers, and nothing is sent to an"
                                        + " upstream."));
                continue;
            }
            alone(document, path, rule.retry(), rule.timeouts(), report);
            var target = new TargetRef.RouteRule(document.id(), rule.name());
            together(
                    document,
                    field,
                    rule.retry().or(() -> Attached.find(set, target, List.of(), RetryPolicy.class)),
                    rule.timeouts()
                            .or(() -> Attached.find(set, target, List.of(), TimeoutsPolicy.class)),
                    report);
        }
    }

    private static void alone(
            Policy<?> document,
            FieldPath path,
            Optional<RetryPolicy> retry,
            Optional<TimeoutsPolicy> timeouts,
            List<Warning> report) {
        timeouts.ifPresent(block -> tryTimeout(document, path.child("timeouts"), block, report));
        if (retry.filter(block -> block.attempts() > 0).isEmpty()) {
            return;
        }
        var block = retry.get();
        if (block.methods().isEmpty() && !block.codes().isEmpty()) {
            report.add(
                    new Warning(
                            WarningCodes.NON_IDEMPOTENT_RETRIED,
                            document.id(),
                            path.child("retry").child("methods"),
                            "Repeats also POST and PATCH because of a status, though the upstream may have"
                                    + " acted on the first one. Leave 'methods' out for the idempotent"
                                    + " ones."));
        }
        var unsafe = new TreeSet<>(block.on());
        unsafe.retainAll(UNSAFE);
        if (!unsafe.isEmpty()) {
            report.add(
                    new Warning(
                            WarningCodes.RETRY_MAY_REPEAT,
                            document.id(),
                            path.child("retry").child("on"),
                            "Repeats requests of any method after the upstream may have acted on them ("
                                    + String.join(", ", unsafe)
                                    + "). Safe for any method are connect-failure, refused-stream and"
                                    + " reset-before-request."));
        }
    }

    /** Envoy ignores a limit of a try that is not below that of the request. */
    private static void tryTimeout(
            Policy<?> document, FieldPath path, TimeoutsPolicy block, List<Warning> report) {
        var request = block.request().orElse(DEFAULT_REQUEST);
        var each = block.backendRequest().orElse(Duration.ZERO);
        if (!each.isZero() && !request.isZero() && each.compareTo(request) >= 0) {
            report.add(
                    new Warning(
                            WarningCodes.TRY_TIMEOUT_NEVER_FIRES,
                            document.id(),
                            path.child("backendRequest"),
                            "Never ends a try: the whole request ends after "
                                    + Gep2257Duration.format(request)
                                    + (block.request().isPresent()
                                            ? ""
                                            : ", as nobody says otherwise")
                                    + ". Make it shorter than 'request'."));
        }
    }

    private static void together(
            Policy<?> document,
            FieldPath path,
            Optional<RetryPolicy> retry,
            Optional<TimeoutsPolicy> timeouts,
            List<Warning> report) {
        var each = timeouts.flatMap(TimeoutsPolicy::backendRequest).orElse(Duration.ZERO);
        var request = timeouts.flatMap(TimeoutsPolicy::request).orElse(DEFAULT_REQUEST);
        int retries = retry.map(RetryPolicy::attempts).orElse(0);
        if (retries == 0 || each.isZero() || request.isZero() || each.compareTo(request) >= 0) {
            return;
        }
        var pauses = pauses(retry.orElseThrow());
        var needed = each.multipliedBy(retries + 1L).plus(pauses);
        if (needed.compareTo(request) > 0) {
            report.add(
                    new Warning(
                            WarningCodes.RETRIES_EXCEED_REQUEST,
                            document.id(),
                            path,
                            (retries + 1)
                                    + " tries of "
                                    + Gep2257Duration.format(each)
                                    + " and up to "
                                    + Gep2257Duration.format(pauses)
                                    + " between them take "
                                    + Gep2257Duration.format(needed)
                                    + ", but the request ends after "
                                    + Gep2257Duration.format(request)
                                    + ": the last tries are cut off or never made."));
        }
    }

    /** The n-th pause is at most (2^n - 1) times the base, and at most the maximum. */
    private static Duration pauses(RetryPolicy retry) {
        var max = retry.backoffMax();
        var base = retry.backoff().orElse(DEFAULT_BACKOFF);
        var limit = max.orElse(base.multipliedBy(DEFAULT_MAX_FACTOR));
        var sum = Duration.ZERO;
        for (int n = 1; n <= retry.attempts(); n++) {
            var pause = base.multipliedBy((1L << n) - 1);
            sum = sum.plus(pause.compareTo(limit) < 0 ? pause : limit);
        }
        return sum;
    }
}
