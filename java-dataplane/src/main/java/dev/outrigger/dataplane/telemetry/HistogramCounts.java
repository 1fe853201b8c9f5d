// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.HistogramSnapshot.Distribution;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The ever-growing bucket counts of one histogram, an array for each shard that records, and what
 * the last merge made of them. Recording: the shard's owner. Merging: one thread. The snapshot: any
 * thread.
 */
final class HistogramCounts {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(int[][].class);
    private static final int[] NOTHING = {};

    private final int[][] counts;
    private final int[][] last;
    private volatile HistogramSnapshot snapshot = HistogramSnapshot.EMPTY;

    HistogramCounts(int shards) {
        counts = new int[shards][];
        last = new int[shards][];
        Arrays.fill(counts, NOTHING);
        Arrays.fill(last, NOTHING);
    }

    void record(int shard, int bucket) {
        int[] own = counts[shard];
        if (bucket >= own.length) {
            own = Arrays.copyOf(own, LogLinearBuckets.roomFor(bucket));
            COUNTS.setRelease(counts, shard, own);
        }
        COUNT.setOpaque(own, bucket, (int) COUNT.getOpaque(own, bucket) + 1);
    }

    HistogramSnapshot snapshot() {
        return snapshot;
    }

    void merge() {
        long[] interval = {};
        for (int shard = 0; shard < counts.length; shard++) {
            int[] now = (int[]) COUNTS.getAcquire(counts, shard);
            int[] before = last[shard];
            if (before.length < now.length) {
                before = Arrays.copyOf(before, now.length);
                last[shard] = before;
            }
            for (int i = 0; i < now.length; i++) {
                int count = (int) COUNT.getOpaque(now, i);
                // The difference of ints is right even after one of them wrapped.
                int grown = count - before[i];
                if (grown != 0) {
                    if (interval.length <= i) {
                        interval = Arrays.copyOf(interval, i + 1);
                    }
                    interval[i] += Integer.toUnsignedLong(grown);
                    before[i] = count;
                }
            }
        }
        publish(interval);
    }

    private void publish(long[] interval) {
        var before = snapshot;
        if (interval.length == 0) {
            if (before.interval().total() != 0) {
                snapshot =
                        new HistogramSnapshot(
                                HistogramSnapshot.EMPTY.interval(), before.cumulative());
            }
            return;
        }
        int limit = Math.max(interval.length, before.cumulative().bucketLimit());
        long[] cumulative = Arrays.copyOf(interval, limit);
        for (int i = 0; i < limit; i++) {
            cumulative[i] += before.cumulative().count(i);
        }
        snapshot = new HistogramSnapshot(new Distribution(interval), new Distribution(cumulative));
    }
}
