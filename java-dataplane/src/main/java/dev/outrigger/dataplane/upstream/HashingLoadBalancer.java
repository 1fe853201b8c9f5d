// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.worker.WorkerContext;
import org.jspecify.annotations.Nullable;

/** RING_HASH and MAGLEV: what they look up in was made with the host set (LB14). */
final class HashingLoadBalancer implements LoadBalancer {
    private final WorkerContext worker;
    private final ClusterStats stats;

    HashingLoadBalancer(WorkerContext worker, ClusterStats stats) {
        this.worker = worker;
        this.stats = stats;
    }

    @Override
    public @Nullable Host choose(HostSet hosts, LoadBalancerContext context) {
        long hash = context.hasHash() ? context.hash() : worker.random().nextLong();
        int priority = LoadBalancer.choosePriority(hash, hosts.load());
        if (priority >= hosts.priorities()) {
            priority -= hosts.priorities();
        }
        if (hosts.isPanic(priority)) {
            worker.stats().inc(stats.lbHealthyPanic);
        }
        Hashing hashing = hosts.hashing(priority);
        Host host = hashing.choose(hash, 0);
        int retries = context.hostSelectionRetryCount();
        for (int i = 1;
                i <= retries && host != null && context.shouldSelectAnotherHost(host);
                i++) {
            host = hashing.choose(hash, i);
        }
        return host;
    }
}
