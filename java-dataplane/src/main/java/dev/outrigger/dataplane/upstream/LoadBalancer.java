// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import org.jspecify.annotations.Nullable;

/** Picks hosts of one cluster for one worker (5.2, 5.3). Confined to the worker's event loop. */
interface LoadBalancer {
    /** A host, or {@code null} when there is none to choose (LB5). */
    @Nullable Host choose(HostSet hosts, LoadBalancerContext context);

    /**
     * The host that is to be chosen next, or {@code null} when nobody can tell; asked again, the
     * one after it. What was told here is chosen later.
     */
    default @Nullable Host peek(HostSet hosts, LoadBalancerContext context) {
        return null;
    }

    /** Frees what it counts in stats; it is not asked again. */
    default void close() {}

    /**
     * The priority for a draw (LB3): how far from 0 for its healthy hosts, how far from the number
     * of priorities for its degraded ones.
     */
    static int choosePriority(long draw, PriorityLoad load) {
        int[] healthy = load.healthy();
        if (healthy[0] == 100) {
            return 0;
        }
        int wanted = (int) Long.remainderUnsigned(draw, 100) + 1;
        int sum = 0;
        for (int i = 0; i < healthy.length; i++) {
            sum += healthy[i];
            if (wanted <= sum) {
                return i;
            }
        }
        int[] degraded = load.degraded();
        for (int i = 0; i < degraded.length; i++) {
            sum += degraded[i];
            if (wanted <= sum) {
                return healthy.length + i;
            }
        }
        return 0;
    }
}
