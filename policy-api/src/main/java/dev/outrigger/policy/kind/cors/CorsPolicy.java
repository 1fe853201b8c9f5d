// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.cors;

import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Which web pages may call, and with what. */
public record CorsPolicy(
        List<Origin> allowOrigins,
        List<String> allowMethods,
        List<String> allowHeaders,
        List<String> exposeHeaders,
        Optional<Duration> maxAge,
        boolean allowCredentials)
        implements TrafficBlock {
    public CorsPolicy {
        allowOrigins = List.copyOf(allowOrigins);
        allowMethods = List.copyOf(allowMethods);
        allowHeaders = List.copyOf(allowHeaders);
        exposeHeaders = List.copyOf(exposeHeaders);
    }

    /** What an Origin header is compared with. */
    public sealed interface Origin {
        record Any() implements Origin {}

        record Exact(String value) implements Origin {}

        /** Any labels before the suffix: {@code https://} and {@code .example.com}. */
        record Subdomains(String scheme, String suffix) implements Origin {}
    }

    @Override
    public String blockName() {
        return "cors";
    }

    @Override
    public Scope scope() {
        return Scope.ROUTE;
    }
}
