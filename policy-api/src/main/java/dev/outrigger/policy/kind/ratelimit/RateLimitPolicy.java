// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.ratelimit;

import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;

/**
 * How many requests each caller's proxy sends on; what exceeds it is answered with 429. All
 * requests that the policy's target covers share one bucket per proxy and port of the service.
 *
 * @param requests per {@code interval}; 1..1,000,000,000
 * @param burst requests that may come at once; the bucket's size
 */
public record RateLimitPolicy(long requests, Duration interval, long burst)
        implements TrafficBlock {
    @Override
    public String blockName() {
        return "rateLimit";
    }

    @Override
    public Scope scope() {
        return Scope.ROUTE;
    }
}
