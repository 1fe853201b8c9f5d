// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.circuitbreaker;

import dev.outrigger.policy.model.TrafficBlock;
import java.util.Optional;

/**
 * How much of a proxy's traffic to one port of a service may be under way at once. What exceeds it
 * is answered with 503 at once. Each 0..4,294,967,295; 0 lets nothing through; absent means Envoy's
 * 1024 (no limit per host).
 *
 * @param maxConnections open connections to all hosts together
 * @param maxPendingRequests requests that wait for a connection
 * @param maxRequests requests under way, retries included
 * @param maxConnectionsPerHost open connections to one host; exceeded, another host is taken
 */
public record CircuitBreakerPolicy(
        Optional<Long> maxConnections,
        Optional<Long> maxPendingRequests,
        Optional<Long> maxRequests,
        Optional<Long> maxConnectionsPerHost)
        implements TrafficBlock {
    @Override
    public String blockName() {
        return "circuitBreaker";
    }

    @Override
    public Scope scope() {
        return Scope.CLUSTER;
    }
}
