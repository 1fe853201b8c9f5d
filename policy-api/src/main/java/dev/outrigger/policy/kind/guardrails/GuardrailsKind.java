// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.guardrails;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.model.BlockKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code guardrails}: {@code maxAttempts} (0..10) and {@code maxRequestTimeout} (1ms..24h),
 * at least one of the two.
 */
public final class GuardrailsKind implements BlockKind<GuardrailsPolicy> {
    private static final List<String> FIELDS = List.of("maxAttempts", "maxRequestTimeout");
    private static final int MAX_ATTEMPTS = 10;

    @Override
    public String blockName() {
        return "guardrails";
    }

    @Override
    public Class<GuardrailsPolicy> blockType() {
        return GuardrailsPolicy.class;
    }

    @Override
    public Optional<GuardrailsPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(FIELDS)) {
            return Optional.empty();
        }
        var attempts = block.field("maxAttempts").intIn(0, MAX_ATTEMPTS);
        var timeout =
                block.field("maxRequestTimeout")
                        .duration(Duration.ofMillis(1), Duration.ofHours(24));
        if (FIELDS.stream().noneMatch(field -> block.field(field).isPresent())) {
            block.violate(
                    ViolationCode.MISSING_FIELD,
                    "Guards nothing (expected: at least one of maxAttempts, maxRequestTimeout).");
        }
        return mark.ifClean(() -> new GuardrailsPolicy(attempts, timeout));
    }
}
