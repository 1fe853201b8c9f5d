// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import java.time.Duration;
import java.util.Optional;

/**
 * How new content reaches a group of nodes. Immutable.
 *
 * @param canaryPercent the share of a group's nodes that try it first, at least one; empty if all
 *     get it at once
 * @param trial how long those may take to answer before the others get it anyhow: a client that
 *     needs nothing of it never answers
 * @param proof how long content must have been served without a refusal until it counts as good; a
 *     refusal after that is about the proxy that refuses it
 * @param rollback whether a refused revision is undone in the store
 */
public record RolloutOptions(
        Optional<Integer> canaryPercent, Duration trial, Duration proof, boolean rollback) {
    public static final RolloutOptions DEFAULT =
            new RolloutOptions(
                    Optional.empty(), Duration.ofSeconds(30), Duration.ofSeconds(30), false);

    public RolloutOptions {
        if (canaryPercent.isPresent() && (canaryPercent.get() < 1 || canaryPercent.get() > 100)) {
            throw new IllegalArgumentException(
                    "canaryPercent: " + canaryPercent.get() + " (expected: 1..100)");
        }
        if (trial.isNegative() || proof.isNegative()) {
            throw new IllegalArgumentException(
                    "trial: " + trial + ", proof: " + proof + " (expected: not negative)");
        }
    }

    public RolloutOptions withCanary(int percent, Duration newTrial) {
        return new RolloutOptions(Optional.of(percent), newTrial, proof, rollback);
    }

    public RolloutOptions withRollback(boolean enabled) {
        return new RolloutOptions(canaryPercent, trial, proof, enabled);
    }
}
