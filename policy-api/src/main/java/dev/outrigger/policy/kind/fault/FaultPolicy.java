// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.fault;

import dev.outrigger.policy.model.Percentage;
import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.Optional;

/**
 * Faults that each caller's proxy makes itself, before anything is sent. A delay comes first, and
 * the abort after it.
 *
 * @param maxActive faults under way at once; absent means no bound
 */
public record FaultPolicy(
        Optional<Delay> delay,
        Optional<Abort> abort,
        Optional<ResponseRate> responseRate,
        Optional<Long> maxActive)
        implements TrafficBlock {
    public record Delay(Duration duration, Percentage percent) {}

    /**
     * @param status 200..599, or with {@code isGrpc} a gRPC status 0..16
     */
    public record Abort(int status, boolean isGrpc, Percentage percent) {}

    /** How fast a response's body is passed on. */
    public record ResponseRate(long kibPerSecond, Percentage percent) {}

    @Override
    public String blockName() {
        return "fault";
    }

    @Override
    public Scope scope() {
        return Scope.ROUTE;
    }
}
