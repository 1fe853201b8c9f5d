// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The part of the stats that one thread writes. Confined to its owner, except where a method says
 * "any thread": those read what the owner wrote a moment ago. Allocates only when a stat is first
 * touched.
 */
public final class StatsShard {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle WRITTEN = MethodHandles.arrayElementVarHandle(byte[].class);
    private static final int[] NOTHING = {};
    private static final VarHandle BUCKET = MethodHandles.arrayElementVarHandle(int[].class);

    private volatile long[] cells = new long[256];
    private volatile byte[] written = new byte[256];
    private volatile int[][] buckets = new int[64][];

    StatsShard() {
        Arrays.fill(buckets, NOTHING);
    }

    public void inc(Counter counter) {
        add(counter.cell(), 1);
    }

    public void add(Counter counter, long amount) {
        add(counter.cell(), amount);
    }

    public void inc(Gauge gauge) {
        add(gauge, 1);
    }

    public void dec(Gauge gauge) {
        add(gauge, -1);
    }

    public void add(Gauge gauge, long amount) {
        markWritten(gauge.cell());
        add(gauge.cell(), amount);
    }

    /** Sets a gauge that only this shard ever writes. */
    public void set(Gauge gauge, long value) {
        markWritten(gauge.cell());
        CELL.setOpaque(room(gauge.cell()), gauge.cell(), value);
    }

    /** Records one observation; a negative one counts as zero. */
    public void record(Histogram histogram, long value) {
        int bucket = LogLinearBuckets.indexOf(value);
        int[] counts = counts(histogram.index(), bucket);
        BUCKET.setOpaque(counts, bucket, (int) BUCKET.getOpaque(counts, bucket) + 1);
    }

    /** Any thread. */
    long value(int cell) {
        long[] current = cells;
        return cell < current.length ? (long) CELL.getOpaque(current, cell) : 0;
    }

    /** Any thread: whether a gauge was ever written here. */
    boolean isWritten(int cell) {
        byte[] current = written;
        return cell < current.length && (byte) WRITTEN.getOpaque(current, cell) != 0;
    }

    /** Any thread: this shard's bucket counts of a histogram, empty when it has none. */
    int[] copyBuckets(int histogram) {
        int[][] current = buckets;
        int[] counts = histogram < current.length ? current[histogram] : NOTHING;
        int[] copy = new int[counts.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = (int) BUCKET.getOpaque(counts, i);
        }
        return copy;
    }

    private int[] counts(int histogram, int bucket) {
        int[][] current = buckets;
        if (histogram >= current.length) {
            int before = current.length;
            current = Arrays.copyOf(current, Math.max(histogram + 1, before * 2));
            Arrays.fill(current, before, current.length, NOTHING);
            buckets = current;
        }
        int[] counts = current[histogram];
        if (bucket >= counts.length) {
            counts = Arrays.copyOf(counts, LogLinearBuckets.roomFor(bucket));
            current[histogram] = counts;
            buckets = current;
        }
        return counts;
    }

    private void markWritten(int cell) {
        byte[] current = written;
        if (cell >= current.length) {
            current = Arrays.copyOf(current, Math.max(cell + 1, current.length * 2));
            written = current;
        }
        WRITTEN.setOpaque(current, cell, (byte) 1);
    }

    private void add(int cell, long amount) {
        long[] current = room(cell);
        CELL.setOpaque(current, cell, (long) CELL.getOpaque(current, cell) + amount);
    }

    private long[] room(int cell) {
        long[] current = cells;
        if (cell >= current.length) {
            current = Arrays.copyOf(current, Math.max(cell + 1, current.length * 2));
            cells = current;
        }
        return current;
    }
}
