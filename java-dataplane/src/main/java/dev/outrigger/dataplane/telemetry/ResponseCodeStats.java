// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counters for each status and class of status and the time upstreams took, below one prefix, made
 * when first counted, as in Envoy. Any worker; handles are immutable and registering twice yields
 * equal ones, so the races are benign.
 */
public final class ResponseCodeStats {
    private static final int MAX_CODE = 600;
    private static final Codes NONE = new Codes(new int[0], new Counter[0]);

    private final StatsStore store;
    private final String prefix;
    private volatile @Nullable Counter completed;
    private volatile Codes seen = NONE;
    private volatile @Nullable Histogram time;

    /**
     * The codes and classes seen so far: a handful, looked through.
     *
     * @param keys codes; classes as their hundredth
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Codes(int[] keys, Counter[] counters) {
        @Nullable Counter find(int key) {
            for (int i = 0; i < keys.length; i++) {
                if (keys[i] == key) {
                    return counters[i];
                }
            }
            return null;
        }

        Codes with(int key, Counter counter) {
            int[] moreKeys = Arrays.copyOf(keys, keys.length + 1);
            Counter[] moreCounters = Arrays.copyOf(counters, keys.length + 1);
            moreKeys[keys.length] = key;
            moreCounters[keys.length] = counter;
            return new Codes(moreKeys, moreCounters);
        }
    }

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
        int ofClass = code / 100;
        Counter known = seen.find(ofClass);
        shard.inc(known == null ? first(ofClass, ofClass + "xx") : known);
        known = seen.find(code);
        shard.inc(known == null ? first(code, Integer.toString(code)) : known);
    }

    private synchronized Counter first(int key, String suffix) {
        Counter counter = store.counter(prefix + "upstream_rq_" + suffix);
        if (seen.find(key) == null) {
            seen = seen.with(key, counter);
        }
        return counter;
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
