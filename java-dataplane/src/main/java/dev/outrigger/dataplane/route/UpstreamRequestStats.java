// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.telemetry.ResponseCodeStats;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;

/**
 * The stats of a virtual cluster or of a route with a {@code stat_prefix} (MI4). Names only;
 * counting is the shard's work.
 */
public final class UpstreamRequestStats {
    private final String name;
    private final ResponseCodeStats codes;
    public final Counter retry;
    public final Counter retryLimitExceeded;
    public final Counter retryOverflow;
    public final Counter retrySuccess;
    public final Counter timeout;
    public final Counter total;

    /**
     * @param prefix ends with a dot
     */
    UpstreamRequestStats(StatsStore store, String prefix, String name) {
        this.name = name;
        codes = new ResponseCodeStats(store, prefix);
        retry = store.counter(prefix + "upstream_rq_retry");
        retryLimitExceeded = store.counter(prefix + "upstream_rq_retry_limit_exceeded");
        retryOverflow = store.counter(prefix + "upstream_rq_retry_overflow");
        retrySuccess = store.counter(prefix + "upstream_rq_retry_success");
        timeout = store.counter(prefix + "upstream_rq_timeout");
        total = store.counter(prefix + "upstream_rq_total");
    }

    /** The name of the virtual cluster; empty for the catch-all and for routes. */
    public String name() {
        return name;
    }

    public void chargeResponse(StatsShard shard, int status) {
        codes.charge(shard, status);
    }

    public void recordTime(StatsShard shard, long millis) {
        codes.recordTime(shard, millis);
    }
}
