// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.RetryBudget;
import dev.outrigger.dataplane.config.ClusterConfig.Thresholds;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one cluster and priority (5.6). Shared by all event loops: checking and counting
 * are two steps, so that a limit can be passed by as many as there are workers, as in Envoy.
 */
public final class CircuitBreakers {
    private static final long UNLIMITED = 0xFFFF_FFFFL;

    public final Resource connections;
    public final Resource pendingRequests;
    public final Resource requests;
    public final Resource retries;
    public final Resource pools;
    private volatile Optional<RetryBudget> retryBudget;

    /**
     * @param trackRemaining whether gauges tell what is left
     */
    CircuitBreakers(ClusterStats stats, String priority, boolean trackRemaining) {
        String prefix = "circuit_breakers." + priority + '.';
        connections = resource(stats, prefix, "cx_open", "remaining_cx", trackRemaining);
        pendingRequests =
                resource(stats, prefix, "rq_pending_open", "remaining_pending", trackRemaining);
        requests = resource(stats, prefix, "rq_open", "remaining_rq", trackRemaining);
        retries = resource(stats, prefix, "rq_retry_open", "remaining_retries", trackRemaining);
        pools = resource(stats, prefix, "cx_pool_open", "remaining_cx_pools", trackRemaining);
        retryBudget = Optional.empty();
    }

    private static Resource resource(
            ClusterStats stats, String prefix, String open, String remaining, boolean track) {
        return new Resource(
                stats.gauge(prefix + open), track ? stats.gauge(prefix + remaining) : null);
    }

    boolean tracksRemaining() {
        return connections.remaining != null;
    }

    /** Takes new limits; main loop. */
    void limit(Thresholds limits, StatsShard shard) {
        connections.limit(limits.maxConnections(), shard);
        pendingRequests.limit(limits.maxPendingRequests(), shard);
        requests.limit(limits.maxRequests(), shard);
        retries.limit(limits.maxRetries(), shard);
        pools.limit(limits.maxConnectionPools(), shard);
        retryBudget = limits.retryBudget();
    }

    /** Whether one more retry may run now (RT9, RT10). */
    public boolean canRetry() {
        Optional<RetryBudget> budget = retryBudget;
        if (budget.isEmpty()) {
            return retries.canCreate();
        }
        RetryBudget b = budget.get();
        long active = requests.current() + pendingRequests.current();
        long allowed =
                Math.max(b.minRetryConcurrency(), (long) (b.budgetPercent() / 100.0 * active));
        return retries.current() < allowed;
    }

    /** One limited quantity. */
    public static final class Resource {
        private final AtomicLong current = new AtomicLong();
        private final Gauge open;
        private final @Nullable Gauge remaining;
        private final AtomicBoolean shownOpen = new AtomicBoolean();
        private volatile long max;
        private boolean limited;

        Resource(Gauge open, @Nullable Gauge remaining) {
            this.open = open;
            this.remaining = remaining;
        }

        /** The gauge stays as it is until something is created or given back, as in Envoy. */
        private void limit(long newMax, StatsShard shard) {
            if (remaining != null) {
                shard.add(remaining, shown(newMax) - (limited ? shown(max) : 0));
            }
            max = newMax;
            limited = true;
        }

        /** Envoy's limit of pools, where none is configured, has 64 bits. */
        private static long shown(long limit) {
            return limit == UNLIMITED ? -1 : limit;
        }

        private void showOpen(boolean open, StatsShard shard) {
            // Envoy writes the gauge each time, so that it counts as used.
            shard.touch(this.open);
            if (shownOpen.get() != open && shownOpen.compareAndSet(!open, open)) {
                shard.add(this.open, open ? 1 : -1);
            }
        }

        public boolean canCreate() {
            return current.get() < max;
        }

        public long current() {
            return current.get();
        }

        public long max() {
            return max;
        }

        public void inc(StatsShard shard) {
            showOpen(current.incrementAndGet() >= max, shard);
            if (remaining != null) {
                shard.dec(remaining);
            }
        }

        public void dec(StatsShard shard) {
            showOpen(current.decrementAndGet() >= max, shard);
            if (remaining != null) {
                shard.inc(remaining);
            }
        }
    }
}
