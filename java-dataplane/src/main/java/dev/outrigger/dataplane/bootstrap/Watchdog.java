// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.config.WatchdogConfig;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices event loops that do not come round: a thread of its own asks each of them to show up, and
 * counts who is late (Envoy's guard dog). Each stall counts once, however long it lasts.
 *
 * <p>The counters are the main loop's; a stall of that loop is counted when it is over.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);

    /** As after an abort, which is what Envoy does. */
    private static final int ABORTED = 134;

    private final List<Watched> watched = new ArrayList<>();
    private final Executor mainLoop;
    private final StatsShard shard;
    private final LongSupplier nanoTime;
    private final Runnable kill;
    private final long intervalNanos;
    private volatile boolean closed;

    /** One loop. Its fields are the watching thread's, but for when it showed up last. */
    private static final class Watched {
        private final String name;
        private final Executor loop;
        private final WatchdogConfig limits;
        private final Counter[] misses;
        private final Counter[] megamisses;
        private volatile long touchedNanos;
        private volatile boolean asked;
        private boolean missed;
        private boolean megamissed;

        Watched(
                String name,
                Executor loop,
                WatchdogConfig limits,
                Counter[] misses,
                Counter[] megamisses,
                long now) {
            this.name = name;
            this.loop = loop;
            this.limits = limits;
            this.misses = misses;
            this.megamisses = megamisses;
            this.touchedNanos = now;
        }
    }

    /**
     * @param nanoTime of the loops
     * @param kill ends the process
     */
    Watchdog(
            StatsStore stats,
            Executor mainLoop,
            List<Executor> workers,
            WatchdogConfig main,
            WatchdogConfig worker,
            LongSupplier nanoTime,
            Runnable kill) {
        this.mainLoop = mainLoop;
        this.shard = stats.shard(0);
        this.nanoTime = nanoTime;
        this.kill = kill;
        watch(stats, "main_thread", "main_thread", mainLoop, main);
        for (int i = 0; i < workers.size(); i++) {
            watch(stats, "workers", "worker_" + i, workers.get(i), worker);
        }
        this.intervalNanos =
                Stream.of(main, worker)
                        .flatMap(each ->
                                Stream.of(
                                        each.missTimeout(),
                                        each.megamissTimeout(),
                                        each.killTimeout()))
                        .filter(Duration::isPositive)
                        .mapToLong(Duration::toNanos)
                        .min()
                        .orElse(0);
    }

    /** For a process: one that is stuck for too long ends at once. */
    static void halt() {
        Runtime.getRuntime().halt(ABORTED);
    }

    private void watch(
            StatsStore stats, String group, String name, Executor loop, WatchdogConfig limits) {
        watched.add(
                new Watched(
                        name,
                        loop,
                        limits,
                        counters(stats, group, name, "watchdog_miss"),
                        counters(stats, group, name, "watchdog_mega_miss"),
                        nanoTime.getAsLong()));
    }

    private static Counter[] counters(StatsStore stats, String group, String name, String suffix) {
        return new Counter[] {
            stats.counter(group + '.' + suffix), stats.counter("server." + name + '.' + suffix)
        };
    }

    /** Begins to watch; nothing to do where nothing has a limit. */
    void start() {
        if (intervalNanos > 0) {
            Thread.ofPlatform().name("watchdog").daemon().start(this::run);
        }
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(intervalNanos);
            if (!closed) {
                step();
            }
        }
    }

    /** One round. */
    void step() {
        long now = nanoTime.getAsLong();
        for (Watched each : watched) {
            if (each.asked) {
                judge(each, now - each.touchedNanos);
            } else {
                each.missed = false;
                each.megamissed = false;
                each.touchedNanos = now;
                each.asked = true;
                each.loop.execute(() -> each.asked = false);
            }
        }
    }

    private void judge(Watched late, long nanos) {
        if (!late.missed && exceeds(nanos, late.limits.missTimeout())) {
            late.missed = true;
            count(late.misses);
        }
        if (!late.megamissed && exceeds(nanos, late.limits.megamissTimeout())) {
            late.megamissed = true;
            count(late.megamisses);
            log.warn("event loop does not come round thread={}", late.name);
        }
        if (exceeds(nanos, late.limits.killTimeout())) {
            log.error("event loop is stuck, the process ends thread={}", late.name);
            kill.run();
        }
    }

    private static boolean exceeds(long nanos, Duration limit) {
        return limit.isPositive() && nanos > limit.toNanos();
    }

    private void count(Counter[] counters) {
        mainLoop.execute(() -> {
            for (Counter counter : counters) {
                shard.inc(counter);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
    }
}
