// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.dnscache;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;

/** {@code dns_cache.<name>.*}. Main loop, but for the overflow. */
final class DnsCacheStats {
    private final StatsShard shard;
    private final Counter queryAttempt;
    private final Counter queryFailure;
    private final Counter querySuccess;
    private final Counter queryTimeout;
    private final Counter hostAdded;
    private final Counter hostAddressChanged;
    private final Counter hostRemoved;
    private final Counter hostOverflow;
    private final Gauge hosts;

    DnsCacheStats(StatsStore stats, String prefix) {
        shard = stats.shard(0);
        queryAttempt = stats.counter(prefix + "dns_query_attempt");
        queryFailure = stats.counter(prefix + "dns_query_failure");
        querySuccess = stats.counter(prefix + "dns_query_success");
        queryTimeout = stats.counter(prefix + "dns_query_timeout");
        hostAdded = stats.counter(prefix + "host_added");
        hostAddressChanged = stats.counter(prefix + "host_address_changed");
        hostRemoved = stats.counter(prefix + "host_removed");
        hostOverflow = stats.counter(prefix + "host_overflow");
        hosts = stats.gauge(prefix + "num_hosts");
        // Of caches that are kept in files, and of addresses that are not wanted: there are none.
        stats.declareCounter(prefix + "cache_load");
        stats.declareCounter(prefix + "dns_address_filter_out");
    }

    void onAttempt() {
        shard.inc(queryAttempt);
    }

    void onAnswer(boolean failed) {
        shard.inc(failed ? queryFailure : querySuccess);
    }

    void onTimeout() {
        shard.inc(queryTimeout);
    }

    void onAdded() {
        shard.inc(hostAdded);
        shard.inc(hosts);
    }

    void onRemoved() {
        shard.inc(hostRemoved);
        shard.dec(hosts);
    }

    void onAddressChanged() {
        shard.inc(hostAddressChanged);
    }

    /** On the event loop whose shard that is. */
    void onOverflow(StatsShard of) {
        of.inc(hostOverflow);
    }
}
