// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.WatchdogConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final WatchdogConfig LIMITS =
            new WatchdogConfig(
                    Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(5));

    private final StatsStore stats = new StatsStore(2);
    private final ArrayDeque<Runnable> worker = new ArrayDeque<>();
    private long now = 1;
    private int killed;
    private final Watchdog watchdog =
            new Watchdog(
                    stats,
                    Runnable::run,
                    List.of(worker::add),
                    LIMITS,
                    LIMITS,
                    () -> now,
                    () -> killed++);

    private void after(Duration time) {
        now += time.toNanos();
        watchdog.step();
    }

    private void workerRuns() {
        while (!worker.isEmpty()) {
            worker.poll().run();
        }
    }

    private long count(String name) {
        return stats.value(stats.counter(name));
    }

    @Test
    void countsNobodyWhoComesRound() {
        for (int i = 0; i < 10; i++) {
            after(Duration.ofMillis(200));
            workerRuns();
        }

        assertThat(count("workers.watchdog_miss")).isZero();
        assertThat(count("main_thread.watchdog_miss")).isZero();
    }

    @Test
    void countsAStallOnceHoweverLongItLasts() {
        watchdog.step();
        for (int i = 0; i < 4; i++) {
            after(Duration.ofMillis(201));
        }

        assertThat(count("workers.watchdog_miss")).isEqualTo(1);
        assertThat(count("server.worker_0.watchdog_miss")).isEqualTo(1);
        assertThat(count("workers.watchdog_mega_miss")).isZero();
        assertThat(count("server.main_thread.watchdog_miss")).isZero();
    }

    @Test
    void countsAnotherStallAgain() {
        watchdog.step();
        after(Duration.ofMillis(300));
        workerRuns();
        after(Duration.ofMillis(200));
        after(Duration.ofMillis(300));

        assertThat(count("workers.watchdog_miss")).isEqualTo(2);
    }

    @Test
    void countsALongStallAsSuchAndEndsTheProcessForTheLongest() {
        watchdog.step();
        after(Duration.ofMillis(1001));

        assertThat(count("server.worker_0.watchdog_mega_miss")).isEqualTo(1);
        assertThat(killed).isZero();

        after(Duration.ofSeconds(5));

        assertThat(killed).isEqualTo(1);
    }
}
