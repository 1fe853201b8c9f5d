// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.ratelimit;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.model.BlockKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code rateLimit}: {@code requests} (1..1,000,000,000), {@code interval} (50ms..24h, a
 * multiple of 50ms, default 1s), {@code burst} (1..1,000,000,000, default {@code requests}).
 */
public final class RateLimitKind implements BlockKind<RateLimitPolicy> {
    /** Envoy fills buckets no more often, and each at a multiple of the route's own. */
    public static final Duration GRAIN = Duration.ofMillis(50);

    private static final long MAX = 1_000_000_000;

    @Override
    public String blockName() {
        return "rateLimit";
    }

    @Override
    public Class<RateLimitPolicy> blockType() {
        return RateLimitPolicy.class;
    }

    @Override
    public Optional<RateLimitPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(List.of("requests", "interval", "burst"))) {
            return Optional.empty();
        }
        var requests = block.field("requests").required().longIn(1, MAX);
        DocumentNode intervalNode = block.field("interval");
        var interval = intervalNode.duration(GRAIN, Duration.ofHours(24));
        if (interval.filter(value -> value.toMillis() % GRAIN.toMillis() != 0).isPresent()) {
            intervalNode.violate(
                    ViolationCode.BAD_VALUE, "Is no multiple of 50ms (expected: such as 1s).");
        }
        var burst = block.field("burst").longIn(1, MAX);
        return mark.ifClean(() ->
                new RateLimitPolicy(
                        requests.orElseThrow(),
                        interval.orElse(Duration.ofSeconds(1)),
                        burst.or(() -> requests).orElseThrow()));
    }
}
