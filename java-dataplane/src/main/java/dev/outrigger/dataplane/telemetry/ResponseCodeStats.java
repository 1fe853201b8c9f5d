// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counters for each status and class of status and the time upstreams took, below one prefix, made
 * when first counted, as in Envoy. Any worker; handles are immutable and registering twice yields
 * equal ones, so the races are benign.
 */
public final class ResponseCodeStats {
    private static final int MAX_CODE = 600;

    private final StatsStore store;
    private final String prefix;
    private volatile @Nullable Counter completed;
    private final @Nullable Counter[] byClass = new Counter[MAX_CODE / 100];
    private @Nullable Counter[] byCode = new Counter[0];
    private volatile @Nullable Histogram time;

    /**
     * @param prefix ends with a dot
     */
    public ResponseCodeStats(StatsStore store, String prefix) {
        this.store = store;
        this.prefix = prefix;
    }

    /** Counts a response whatever its status. */
    public void chargeCompleted(StatsShard shard) {
        Counter done = completed;
        if (done == null) {
            done = store.counter(prefix + "upstream_rq_completed");
            completed = done;
        }
        shard.inc(done);
    }

    public void charge(StatsShard shard, int code) {
        chargeCompleted(shard);
        if (code < 100 || code >= MAX_CODE) {
            shard.inc(store.counter(prefix + "upstream_rq_unknown"));
            return;
        }
        Counter ofClass = byClass[code / 100];
        if (ofClass == null) {
            ofClass = store.counter(prefix + "upstream_rq_" + code / 100 + "xx");
            byClass[code / 100] = ofClass;
        }
        shard.inc(ofClass);
        @Nullable Counter[] codes = byCode;
        if (codes.length == 0) {
            codes = new Counter[MAX_CODE];
            byCode = codes;
        }
        Counter ofCode = codes[code];
        if (ofCode == null) {
            ofCode = store.counter(prefix + "upstream_rq_" + code);
            codes[code] = ofCode;
        }
        shard.inc(ofCode);
    }

    /** Records {@code upstream_rq_time}. */
    public void recordTime(StatsShard shard, long millis) {
        Histogram histogram = time;
        if (histogram == null) {
            histogram = store.histogram(prefix + "upstream_rq_time");
            time = histogram;
        }
        shard.record(histogram, millis);
    }
}
