// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.retryconstraint;

import dev.outrigger.policy.model.Percentage;
import dev.outrigger.policy.model.TrafficBlock;

/** How many retries of a proxy to one port of a service may be under way at once. */
public record RetryConstraintPolicy(Limit limit) implements TrafficBlock {
    /** What the retries under way are held against. */
    public sealed interface Limit {
        /**
         * A share of the requests that are under way or wait for a connection.
         *
         * @param minConcurrency so many retries are always allowed; 0..4,294,967,295
         */
        record Budget(Percentage percent, long minConcurrency) implements Limit {}

        /** A fixed number, 0..4,294,967,295. */
        record Fixed(long maxConcurrency) implements Limit {}
    }

    @Override
    public String blockName() {
        return "retryConstraint";
    }

    @Override
    public Scope scope() {
        return Scope.CLUSTER;
    }
}
