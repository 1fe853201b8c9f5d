// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.LoadBalancingConfig.OverrideStatus;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the host a request names, if it may be taken (LB17). */
final class OverrideHost {
    private OverrideHost() {}

    static @Nullable Host find(
            Collection<Host> hosts, String address, Set<OverrideStatus> allowed) {
        for (Host host : hosts) {
            if (host.addressText().equals(address)) {
                return isAllowed(host, allowed) ? host : null;
            }
        }
        return null;
    }

    private static boolean isAllowed(Host host, Set<OverrideStatus> allowed) {
        if (host.isHealthy()) {
            return allowed.contains(OverrideStatus.HEALTHY)
                    || allowed.contains(OverrideStatus.UNKNOWN);
        }
        return allowed.contains(status(host));
    }

    private static OverrideStatus status(Host host) {
        if (host.isDegraded()) {
            return OverrideStatus.DEGRADED;
        }
        return switch (host.placement().endpoint().healthStatus()) {
            case DRAINING -> OverrideStatus.DRAINING;
            case TIMEOUT -> OverrideStatus.TIMEOUT;
            case UNKNOWN, HEALTHY, UNHEALTHY, DEGRADED -> OverrideStatus.UNHEALTHY;
        };
    }
}
