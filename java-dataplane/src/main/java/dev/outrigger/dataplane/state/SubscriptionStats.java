// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.XxHash64;
import java.nio.charset.StandardCharsets;

/**
 * What every subscription counts under its scope (ST6). A stream counts an attempt when it starts
 * and with every answer, a file with every reading, a poll with every question. Main loop only.
 */
final class SubscriptionStats {
    private final StatsStore stats;
    private final StatsShard shard;
    private final Attempts attempts;
    private final String prefix;
    private final StatsStore.Counter attempt;
    private final StatsStore.Counter success;
    private final StatsStore.Counter failure;
    private final StatsStore.Counter rejected;
    private final StatsStore.Counter initFetchTimeout;
    private final StatsStore.Gauge updateTime;
    private final StatsStore.Gauge version;
    private final StatsStore.Histogram duration;

    private enum Attempts {
        STREAM,
        FILE,
        POLL
    }

    /**
     * @param prefix with its dot at the end
     */
    static SubscriptionStats of(StatsStore stats, String prefix, ConfigSourceConfig source) {
        return new SubscriptionStats(
                stats,
                prefix,
                switch (source) {
                    case ConfigSourceConfig.Ads _, ConfigSourceConfig.Grpc _ -> Attempts.STREAM;
                    case ConfigSourceConfig.Path _ -> Attempts.FILE;
                    case ConfigSourceConfig.Rest _ -> Attempts.POLL;
                });
    }

    private SubscriptionStats(StatsStore stats, String prefix, Attempts attempts) {
        this.attempts = attempts;
        this.stats = stats;
        this.shard = stats.shard(0);
        this.prefix = prefix;
        this.attempt = stats.counter(prefix + "update_attempt");
        this.success = stats.counter(prefix + "update_success");
        this.failure = stats.counter(prefix + "update_failure");
        this.rejected = stats.counter(prefix + "update_rejected");
        this.initFetchTimeout = stats.counter(prefix + "init_fetch_timeout");
        this.updateTime = stats.gauge(prefix + "update_time");
        this.version = stats.gauge(prefix + "version");
        this.duration = stats.histogram(prefix + "update_duration");
        stats.text(prefix + "version_text", "");
    }

    void onStart() {
        if (attempts == Attempts.STREAM) {
            shard.inc(attempt);
        }
    }

    /** A poll begins. */
    void onAttempt() {
        if (attempts == Attempts.POLL) {
            shard.inc(attempt);
        }
    }

    private void onAnswer() {
        if (attempts != Attempts.POLL) {
            shard.inc(attempt);
        }
    }

    void onAccepted(String versionInfo, long nowMillis, long tookMillis) {
        onAnswer();
        shard.inc(success);
        shard.set(updateTime, nowMillis);
        shard.set(version, XxHash64.hash(versionInfo.getBytes(StandardCharsets.UTF_8)));
        shard.record(duration, tookMillis);
        stats.text(prefix + "version_text", versionInfo);
    }

    void onRejected() {
        onAnswer();
        shard.inc(rejected);
    }

    void onStreamFailure() {
        onAnswer();
        shard.inc(failure);
    }

    void onInitFetchTimeout() {
        shard.inc(initFetchTimeout);
    }
}
