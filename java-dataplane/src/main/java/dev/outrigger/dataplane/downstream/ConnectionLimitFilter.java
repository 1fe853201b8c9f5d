// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.ConnectionLimitConfig;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code envoy.filters.network.connection_limit} of one filter chain: counts its connections on all
 * workers together, those too many as well while they last. Any event loop.
 */
final class ConnectionLimitFilter {
    private final ConnectionLimitConfig config;
    private final Counter limited;
    private final Gauge active;
    private final AtomicLong open = new AtomicLong();

    ConnectionLimitFilter(ConnectionLimitConfig config, StatsStore stats) {
        this.config = config;
        String prefix = "connection_limit." + config.statPrefix() + ".";
        this.limited = stats.counter(prefix + "limited_connections");
        this.active = stats.gauge(prefix + "active_connections");
    }

    /** Counts a new connection until it is closed; returns whether it may stay. */
    boolean admit(WorkerContext worker, Channel channel) {
        if (!worker.runtime().enabled(config.enabled())) {
            return true;
        }
        StatsShard shard = worker.stats();
        shard.inc(active);
        boolean within = Long.compareUnsigned(open.getAndIncrement(), config.maxConnections()) < 0;
        if (!within) {
            shard.inc(limited);
        }
        channel.closeFuture()
                .addListener(_ -> {
                    open.decrementAndGet();
                    shard.dec(active);
                });
        return within;
    }

    /** How long a connection too many stays open; 0 for not at all. */
    long delayNanos() {
        return config.delay().toMillis() * 1_000_000;
    }
}
