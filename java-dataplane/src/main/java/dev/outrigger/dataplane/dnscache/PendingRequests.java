// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.dnscache;

import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code dns_cache_circuit_breaker}: how many requests may wait for names. Any event loop; checking
 * and counting are two steps, as in Envoy.
 */
public final class PendingRequests {
    private final AtomicLong current = new AtomicLong();
    private final AtomicBoolean shownOpen = new AtomicBoolean();
    private final RuntimeLayers runtime;
    private final String runtimeKey;
    private final long max;
    private final Gauge open;
    private final Gauge remaining;
    private final Counter overflow;

    PendingRequests(StatsStore stats, RuntimeLayers runtime, String prefix, long max) {
        this.runtime = runtime;
        this.runtimeKey = prefix + "circuit_breakers";
        this.max = max;
        this.open = stats.gauge(prefix + "circuit_breakers.rq_pending_open");
        this.remaining = stats.gauge(prefix + "circuit_breakers.rq_pending_remaining");
        this.overflow = stats.counter(prefix + "dns_rq_pending_overflow");
        stats.shard(0).add(remaining, max);
    }

    /** Counts one more; {@code false} when there are too many. */
    public boolean tryBegin(StatsShard shard) {
        if (current.get() >= max()) {
            shard.inc(overflow);
            return false;
        }
        showOpen(current.incrementAndGet() >= max(), shard);
        shard.dec(remaining);
        return true;
    }

    public void end(StatsShard shard) {
        showOpen(current.decrementAndGet() >= max(), shard);
        shard.inc(remaining);
    }

    private long max() {
        return runtime.snapshot().integer(runtimeKey, max);
    }

    private void showOpen(boolean value, StatsShard shard) {
        shard.touch(open);
        if (shownOpen.get() != value && shownOpen.compareAndSet(!value, value)) {
            shard.add(open, value ? 1 : -1);
        }
    }
}
