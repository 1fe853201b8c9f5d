// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Duration;
import dev.outrigger.dataplane.config.WatchdogConfig;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.Watchdog;
import io.envoyproxy.envoy.config.bootstrap.v3.Watchdogs;

/** {@code watchdog} and {@code watchdogs}; their defaults are here and nowhere else. */
@SuppressWarnings("deprecation") // stock bootstraps still have watchdog
final class WatchdogParser {
    private static final java.time.Duration DEFAULT_MISS = java.time.Duration.ofMillis(200);
    private static final java.time.Duration DEFAULT_MEGAMISS = java.time.Duration.ofSeconds(1);

    static final SupportedFields WATCHDOG =
            SupportedFields.of(Watchdog.class)
                    .obeyed("miss_timeout", "megamiss_timeout", "kill_timeout")
                    .noEffect(
                            "max_kill_timeout_jitter", "when exactly a process dies tells nothing");

    static final SupportedFields WATCHDOGS =
            SupportedFields.of(Watchdogs.class)
                    .nested("main_thread_watchdog", () -> WATCHDOG)
                    .nested("worker_watchdog", () -> WATCHDOG);

    private WatchdogParser() {}

    static WatchdogConfig main(Bootstrap proto, Findings findings) {
        return one(
                proto.hasWatchdogs()
                        ? proto.getWatchdogs().getMainThreadWatchdog()
                        : proto.getWatchdog(),
                proto.hasWatchdogs() ? "watchdogs.main_thread_watchdog" : "watchdog",
                findings);
    }

    static WatchdogConfig worker(Bootstrap proto, Findings findings) {
        return one(
                proto.hasWatchdogs()
                        ? proto.getWatchdogs().getWorkerWatchdog()
                        : proto.getWatchdog(),
                proto.hasWatchdogs() ? "watchdogs.worker_watchdog" : "watchdog",
                findings);
    }

    private static WatchdogConfig one(Watchdog proto, String path, Findings findings) {
        return new WatchdogConfig(
                duration(
                        proto.hasMissTimeout(),
                        proto.getMissTimeout(),
                        DEFAULT_MISS,
                        path + ".miss_timeout",
                        findings),
                duration(
                        proto.hasMegamissTimeout(),
                        proto.getMegamissTimeout(),
                        DEFAULT_MEGAMISS,
                        path + ".megamiss_timeout",
                        findings),
                duration(
                        proto.hasKillTimeout(),
                        proto.getKillTimeout(),
                        java.time.Duration.ZERO,
                        path + ".kill_timeout",
                        findings));
    }

    private static java.time.Duration duration(
            boolean present,
            Duration value,
            java.time.Duration unset,
            String path,
            Findings findings) {
        return present ? Values.duration(value, path, findings) : unset;
    }
}
