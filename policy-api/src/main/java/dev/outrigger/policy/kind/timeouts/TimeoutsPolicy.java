// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.timeouts;

import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.Optional;

/**
 * How long an exchange and each of its attempts may take (GEP-1742).
 *
 * @param request the whole exchange with all its attempts; zero disables; absent means Envoy's 15 s
 * @param backendRequest each attempt; zero disables; absent means no limit of its own
 * @param idle no byte in either direction; zero disables; absent means the listener's 5 min
 */
public record TimeoutsPolicy(
        Optional<Duration> request, Optional<Duration> backendRequest, Optional<Duration> idle)
        implements TrafficBlock {
    @Override
    public String blockName() {
        return "timeouts";
    }

    @Override
    public Scope scope() {
        return Scope.ROUTE;
    }
}
