// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.XxHash64;
import java.nio.charset.StandardCharsets;

/** What every subscription counts under its scope (ST6). Main loop only. */
final class SubscriptionStats {
    private final StatsStore stats;
    private final StatsShard shard;
    private final String prefix;
    private final StatsStore.Counter attempt;
    private final StatsStore.Counter success;
    private final StatsStore.Counter failure;
    private final StatsStore.Counter rejected;
    private final StatsStore.Counter initFetchTimeout;
    private final StatsStore.Gauge updateTime;
    private final StatsStore.Gauge version;
    private final StatsStore.Histogram duration;

    /**
     * @param prefix with its dot at the end
     */
    SubscriptionStats(StatsStore stats, String prefix) {
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
        shard.inc(attempt);
    }

    void onAccepted(String versionInfo, long nowMillis, long tookMillis) {
        shard.inc(attempt);
        shard.inc(success);
        shard.set(updateTime, nowMillis);
        shard.set(version, XxHash64.hash(versionInfo.getBytes(StandardCharsets.UTF_8)));
        shard.record(duration, tookMillis);
        stats.text(prefix + "version_text", versionInfo);
    }

    void onRejected() {
        shard.inc(attempt);
        shard.inc(rejected);
    }

    void onStreamFailure() {
        shard.inc(attempt);
        shard.inc(failure);
    }

    void onInitFetchTimeout() {
        shard.inc(initFetchTimeout);
    }
}
