// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.retryconstraint;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.kind.capability.Feature;
import dev.outrigger.policy.kind.field.Percents;
import dev.outrigger.policy.kind.retryconstraint.RetryConstraintPolicy.Limit;
import dev.outrigger.policy.model.BlockKind;
import dev.outrigger.policy.model.Percentage;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code retryConstraint}: either {@code budget} ({@code percent}, default 20, and {@code
 * minConcurrency}, default 3) or {@code maxConcurrency}. GEP-3388's {@code budget.interval} and
 * {@code minRetryRate} are known by name and refused: no proxy keeps such a rate.
 */
public final class RetryConstraintKind implements BlockKind<RetryConstraintPolicy> {
    private static final long MAX = 0xffff_ffffL;

    /** Envoy's, and GEP-3388's. */
    private static final Percentage DEFAULT_PERCENT = new Percentage(200_000);

    /** Envoy's. */
    private static final long DEFAULT_MIN_CONCURRENCY = 3;

    private final Capabilities capabilities;

    public RetryConstraintKind(Capabilities capabilities) {
        this.capabilities = capabilities;
    }

    @Override
    public String blockName() {
        return "retryConstraint";
    }

    @Override
    public Class<RetryConstraintPolicy> blockType() {
        return RetryConstraintPolicy.class;
    }

    @Override
    public Optional<RetryConstraintPolicy> read(DocumentNode block) {
        var mark = block.violations().mark();
        if (!block.objectOf(List.of("budget", "maxConcurrency", "minRetryRate"))) {
            return Optional.empty();
        }
        capabilities.require(block.field("minRetryRate"), Feature.RETRY_RATE);
        DocumentNode budgetNode = block.field("budget");
        DocumentNode fixedNode = block.field("maxConcurrency");
        if (budgetNode.isPresent() == fixedNode.isPresent()) {
            block.violate(
                    ViolationCode.INCONSISTENT,
                    "Has "
                            + (budgetNode.isPresent() ? "both" : "neither")
                            + " of two limits (expected: either 'budget' or 'maxConcurrency').");
            return Optional.empty();
        }
        Optional<? extends Limit> limit =
                budgetNode.isPresent()
                        ? readBudget(budgetNode)
                        : fixedNode.longIn(0, MAX).map(Limit.Fixed::new);
        return mark.ifClean(() -> new RetryConstraintPolicy(limit.orElseThrow()));
    }

    private Optional<Limit.Budget> readBudget(DocumentNode node) {
        if (!node.objectOf(List.of("percent", "minConcurrency", "interval"))) {
            return Optional.empty();
        }
        capabilities.require(node.field("interval"), Feature.RETRY_RATE);
        var percent = Percents.read(node.field("percent"));
        var min = node.field("minConcurrency").longIn(0, MAX);
        return Optional.of(
                new Limit.Budget(
                        percent.orElse(DEFAULT_PERCENT), min.orElse(DEFAULT_MIN_CONCURRENCY)));
    }
}
