// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.guardrails;

import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.Optional;

/**
 * What no policy and no route of the mesh may ask for. A write that does is refused: what is
 * written is what runs, and nothing is ever cut down to what is allowed.
 *
 * @param maxAttempts of {@code retry.attempts}
 * @param maxRequestTimeout of {@code timeouts.request}
 */
public record GuardrailsPolicy(Optional<Integer> maxAttempts, Optional<Duration> maxRequestTimeout)
        implements TrafficBlock {
    @Override
    public String blockName() {
        return "guardrails";
    }

    @Override
    public Scope scope() {
        return Scope.MESH;
    }
}
