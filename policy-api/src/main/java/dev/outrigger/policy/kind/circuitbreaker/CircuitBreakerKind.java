// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.circuitbreaker;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.model.BlockKind;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code circuitBreaker}: {@code maxConnections}, {@code maxPendingRequests}, {@code
 * maxRequests} and {@code maxConnectionsPerHost}, each 0..4,294,967,295, at least one of them. How
 * many retries may be under way is {@code retryConstraint}'s.
 */
public final class CircuitBreakerKind implements BlockKind<CircuitBreakerPolicy> {
    private static final List<String> FIELDS =
            List.of("maxConnections", "maxPendingRequests", "maxRequests", "maxConnectionsPerHost");
    private static final long MAX = 0xffff_ffffL;

    @Override
    public String blockName() {
        return "circuitBreaker";
    }

    @Override
    public Class<CircuitBreakerPolicy> blockType() {
        return CircuitBreakerPolicy.class;
    }

    @Override
    public Optional<CircuitBreakerPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        var policy =
                new CircuitBreakerPolicy(
                        block.field("maxConnections").longIn(0, MAX),
                        block.field("maxPendingRequests").longIn(0, MAX),
                        block.field("maxRequests").longIn(0, MAX),
                        block.field("maxConnectionsPerHost").longIn(0, MAX));
        if (FIELDS.stream().noneMatch(field -> block.field(field).isPresent())) {
            block.violate(
                    ViolationCode.MISSING_FIELD,
                    "Limits nothing (expected: at least one of "
                            + String.join(", ", FIELDS)
                            + ").");
        }
        return mark.ifClean(() -> policy);
    }
}
