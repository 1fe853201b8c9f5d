// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.List;

/** Retry policies, of routes and of virtual hosts. */
final class Retries {
    private static final List<String> CONDITIONS =
            List.of(
                    "5xx",
                    "gateway-error",
                    "reset",
                    "reset-before-request",
                    "connect-failure",
                    "retriable-4xx",
                    "refused-stream",
                    "retriable-status-codes",
                    "retriable-headers",
                    "envoy-ratelimited",
                    "http3-post-connect-failure",
                    "unavailable");

    private Retries() {}

    static Message policy(Choices choices, Plan plan) {
        var conditions = choices.some(choices.between(1, 4), CONDITIONS);
        var policy = new Message().with("retry_on", String.join(",", conditions));
        if (choices.in100(70)) {
            policy.with("num_retries", choices.between(0, 3));
        }
        if (plan.timed() && choices.in100(50)) {
            policy.with("per_try_timeout", "0.38s");
        } else if (plan.timed() && choices.in100(30)) {
            policy.with("per_try_idle_timeout", "0.38s");
        }
        if (conditions.contains("retriable-status-codes")) {
            policy.with(
                    "retriable_status_codes",
                    choices.some(choices.between(1, 3), List.of(200, 404, 409, 418, 500, 503)));
        }
        if (conditions.contains("retriable-headers")) {
            policy.with("retriable_headers", List.of(Matches.header(choices)));
        }
        if (choices.in100(15)) {
            policy.with("retriable_request_headers", List.of(Matches.header(choices)));
        }
        // The default's back-off would only make the run longer.
        policy.with(
                "retry_back_off",
                new Message().need("base_interval", "0.002s").with("max_interval", "0.010s"));
        if (choices.in100(15)) {
            policy.with(
                    "retry_host_predicate",
                    List.of(
                            new Message()
                                    .need("name", "previous-hosts")
                                    .need(
                                            "typed_config",
                                            Message.typed(
                                                    "envoy.extensions.retry.host.previous_hosts.v3"
                                                            + ".PreviousHostsPredicate"))));
            policy.with("host_selection_retry_max_attempts", choices.between(1, 4));
        }
        return policy;
    }
}
