// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.HistogramSnapshot.Distribution;
import java.util.Arrays;
import java.util.List;

/** Turns the shards' ever-growing bucket counts into intervals. Merging: one thread. */
final class HistogramMerge {
    private int[][] lastPerShard = new int[0][];
    private volatile HistogramSnapshot snapshot = HistogramSnapshot.EMPTY;

    /** Any thread. */
    HistogramSnapshot snapshot() {
        return snapshot;
    }

    void merge(List<StatsShard> shards, int histogram) {
        if (lastPerShard.length < shards.size()) {
            lastPerShard = Arrays.copyOf(lastPerShard, shards.size());
        }
        long[] interval = new long[0];
        for (int s = 0; s < shards.size(); s++) {
            int[] now = shards.get(s).copyBuckets(histogram);
            int[] last = lastPerShard[s] == null ? new int[0] : lastPerShard[s];
            if (now.length > interval.length) {
                interval = Arrays.copyOf(interval, now.length);
            }
            for (int i = 0; i < now.length; i++) {
                // The difference of ints is right even after one of them wrapped.
                int grown = now[i] - (i < last.length ? last[i] : 0);
                interval[i] += Integer.toUnsignedLong(grown);
            }
            lastPerShard[s] = now;
        }
        var before = snapshot;
        var recent = new Distribution(interval);
        if (recent.total() == 0) {
            if (before.interval().total() != 0) {
                snapshot = new HistogramSnapshot(recent, before.cumulative());
            }
            return;
        }
        int limit = Math.max(interval.length, before.cumulative().bucketLimit());
        long[] cumulative = Arrays.copyOf(interval, limit);
        for (int i = 0; i < limit; i++) {
            cumulative[i] += before.cumulative().count(i);
        }
        snapshot = new HistogramSnapshot(recent, new Distribution(cumulative));
    }
}
