// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.RetryBudget;
import dev.outrigger.dataplane.config.ClusterConfig.Thresholds;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
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
    private final RuntimeLayers runtime;
    private final String budgetPercentKey;
    private final String minRetryConcurrencyKey;
    private volatile Optional<RetryBudget> retryBudget;

    /**
     * @param cluster whose limits the runtime can overrule, under keys of its name
     * @param trackRemaining whether gauges tell what is left
     */
    CircuitBreakers(
            ClusterStats stats,
            String cluster,
            String priority,
            boolean trackRemaining,
            RuntimeLayers runtime) {
        this.runtime = runtime;
        String prefix = "circuit_breakers." + priority + '.';
        String keys = RuntimeKeys.CIRCUIT_BREAKERS_PREFIX + cluster + '.' + priority + '.';
        budgetPercentKey = keys + "retry_budget.budget_percent";
        minRetryConcurrencyKey = keys + "retry_budget.min_retry_concurrency";
        connections =
                resource(
                        stats,
                        prefix,
                        "cx_open",
                        "remaining_cx",
                        trackRemaining,
                        keys + "max_connections");
        pendingRequests =
                resource(
                        stats,
                        prefix,
                        "rq_pending_open",
                        "remaining_pending",
                        trackRemaining,
                        keys + "max_pending_requests");
        requests =
                resource(
                        stats,
                        prefix,
                        "rq_open",
                        "remaining_rq",
                        trackRemaining,
                        keys + "max_requests");
        retries =
                resource(
                        stats,
                        prefix,
                        "rq_retry_open",
                        "remaining_retries",
                        trackRemaining,
                        keys + "max_retries");
        pools =
                resource(
                        stats,
                        prefix,
                        "cx_pool_open",
                        "remaining_cx_pools",
                        trackRemaining,
                        keys + "max_connection_pools");
        retryBudget = Optional.empty();
    }

    private Resource resource(
            ClusterStats stats,
            String prefix,
            String open,
            String remaining,
            boolean track,
            String key) {
        return new Resource(
                stats.gauge(prefix + open),
                track ? stats.gauge(prefix + remaining) : null,
                runtime,
                key);
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

    /**
     * Whether one more retry may run now (RT9, RT10). Where a budget decides, the gauge of what is
     * left of {@code max_retries} says nothing, and is 0 from then on.
     */
    public boolean canRetry(StatsShard shard) {
        RetryBudget budget = retryBudget.orElse(null);
        RuntimeSnapshot now = runtime.snapshot();
        if (budget == null && !now.has(budgetPercentKey) && !now.has(minRetryConcurrencyKey)) {
            return retries.canCreate();
        }
        retries.hideRemaining(shard);
        RetryBudget configured = budget == null ? RetryBudget.DEFAULT : budget;
        double percent = now.number(budgetPercentKey, configured.budgetPercent());
        long atLeast = now.integer(minRetryConcurrencyKey, configured.minRetryConcurrency());
        long active = requests.current() + pendingRequests.current();
        long allowed = Math.max(atLeast, (long) (percent / 100.0 * active));
        return retries.current() < allowed;
    }

    /** One limited quantity. */
    public static final class Resource {
        private final AtomicLong current = new AtomicLong();
        private final Gauge open;
        private final @Nullable Gauge remaining;
        private final AtomicBoolean shownOpen = new AtomicBoolean();
        private final RuntimeLayers runtime;
        private final String key;
        private volatile long max;
        private boolean limited;

        /** Guarded by this, as is what the gauge of what is left shows. */
        private boolean hidden;

        /**
         * @param key under which the runtime can overrule the limit
         */
        Resource(Gauge open, @Nullable Gauge remaining, RuntimeLayers runtime, String key) {
            this.open = open;
            this.remaining = remaining;
            this.runtime = runtime;
            this.key = key;
        }

        /** The gauge stays as it is until something is created or given back, as in Envoy. */
        private void limit(long newMax, StatsShard shard) {
            if (remaining != null) {
                synchronized (this) {
                    long before = limited ? shown(max) : 0;
                    shard.add(remaining, shown(newMax) - (hidden ? current.get() : before));
                    hidden = false;
                }
            }
            max = newMax;
            limited = true;
        }

        private void hideRemaining(StatsShard shard) {
            if (remaining != null) {
                synchronized (this) {
                    if (!hidden) {
                        shard.add(remaining, current.get() - shown(max));
                        hidden = true;
                    }
                }
            }
        }

        private void count(int change, StatsShard shard) {
            if (remaining == null) {
                showOpen(current.addAndGet(change) >= max(), shard);
                return;
            }
            synchronized (this) {
                showOpen(current.addAndGet(change) >= max(), shard);
                if (!hidden) {
                    shard.add(remaining, -change);
                }
            }
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
            return current.get() < max();
        }

        public long current() {
            return current.get();
        }

        public long max() {
            return runtime.snapshot().integer(key, max);
        }

        public void inc(StatsShard shard) {
            count(1, shard);
        }

        public void dec(StatsShard shard) {
            count(-1, shard);
        }
    }
}
