// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource;
import dev.outrigger.dataplane.config.ListenerConfig;
import java.util.List;
import java.util.Optional;

/**
 * One accepted version of a listener. Immutable.
 *
 * @param accepted absent for listeners of the bootstrap
 * @param rds the route configurations it must know before it can serve, with who asks
 */
record ListenerEntry(ListenerConfig config, Optional<AcceptedResource> accepted, List<RdsUse> rds) {
    static ListenerEntry of(ListenerConfig config, Optional<AcceptedResource> accepted) {
        var uses =
                config.httpConnectionManagers()
                        .flatMap(hcm ->
                                hcm.routeSource() instanceof RouteSource.Rds rds
                                        ? java.util.stream.Stream.of(
                                                new RdsUse(rds, hcm.statPrefix()))
                                        : java.util.stream.Stream.empty())
                        .toList();
        return new ListenerEntry(config, accepted, uses);
    }

    /** A connection manager's reference to a route configuration. */
    record RdsUse(RouteSource.Rds source, String statPrefix) {}
}
