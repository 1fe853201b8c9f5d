// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import dev.outrigger.policy.kind.retry.RetryPolicy;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * On which status codes of gRPC a retry policy repeats a request. A call that never left HTTP has
 * the code that gRPC gives an HTTP status (its "HTTP to gRPC status code mapping"), so a policy for
 * 503 is one for UNAVAILABLE; the words that are gRPC's own are taken as they are.
 */
final class GrpcRetryCodes {
    /** Those that gRFC A44 knows. */
    private static final Set<String> KNOWN =
            Set.of(
                    "cancelled",
                    "deadline-exceeded",
                    "internal",
                    "resource-exhausted",
                    "unavailable");

    private GrpcRetryCodes() {}

    static Set<String> of(RetryPolicy policy, String method) {
        var codes = new LinkedHashSet<String>();
        policy.on().stream().filter(KNOWN::contains).forEach(codes::add);
        if (policy.methods().isEmpty() || policy.methods().contains(method)) {
            for (int status : policy.codes()) {
                codes.addAll(ofHttp(status));
            }
        }
        return codes;
    }

    private static Set<String> ofHttp(int status) {
        return switch (status) {
            case 429 -> Set.of("unavailable", "resource-exhausted");
            case 500 -> Set.of("internal");
            case 502, 503 -> Set.of("unavailable");
            case 504 -> Set.of("unavailable", "deadline-exceeded");
            default -> Set.of();
        };
    }
}
