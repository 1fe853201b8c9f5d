// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;

/** {@code config_reload} of a scope: updates that changed something. Main loop only. */
final class ConfigReload {
    private final StatsShard shard;
    private final StatsStore.Counter reload;
    private final StatsStore.Gauge time;

    ConfigReload(StatsStore stats, String prefix) {
        this.shard = stats.shard(0);
        this.reload = stats.counter(prefix + "config_reload");
        this.time = stats.gauge(prefix + "config_reload_time_ms");
    }

    void onChange(long nowMillis) {
        shard.inc(reload);
        shard.set(time, nowMillis);
    }
}
