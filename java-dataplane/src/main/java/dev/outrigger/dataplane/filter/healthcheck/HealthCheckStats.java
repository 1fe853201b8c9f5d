// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.healthcheck;

import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;

/** {@code http.<p>.health_check.*}: health checks that were answered here. */
final class HealthCheckStats {
    final Counter requestTotal;
    final Counter ok;
    final Counter failed;
    final Counter cachedResponse;
    final Counter failedClusterNotFound;
    final Counter failedClusterEmpty;
    final Counter failedClusterUnhealthy;
    final Counter degraded;

    HealthCheckStats(StatsStore store, String statPrefix) {
        String prefix = statPrefix + "health_check.";
        requestTotal = store.counter(prefix + "request_total");
        ok = store.counter(prefix + "ok");
        failed = store.counter(prefix + "failed");
        cachedResponse = store.counter(prefix + "cached_response");
        failedClusterNotFound = store.counter(prefix + "failed_cluster_not_found");
        failedClusterEmpty = store.counter(prefix + "failed_cluster_empty");
        failedClusterUnhealthy = store.counter(prefix + "failed_cluster_unhealthy");
        degraded = store.counter(prefix + "degraded");
    }
}
