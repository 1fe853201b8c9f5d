// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/** The part of the stats that one thread writes. Confined to its owner, except {@link #value}. */
public final class StatsShard {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private volatile long[] cells = new long[256];
    private volatile long[] observations = new long[64];

    StatsShard() {}

    public void inc(Counter counter) {
        add(counter.cell(), 1);
    }

    public void add(Counter counter, long amount) {
        add(counter.cell(), amount);
    }

    public void inc(Gauge gauge) {
        add(gauge.cell(), 1);
    }

    public void dec(Gauge gauge) {
        add(gauge.cell(), -1);
    }

    public void add(Gauge gauge, long amount) {
        add(gauge.cell(), amount);
    }

    /** Sets a gauge that only this shard ever writes. */
    public void set(Gauge gauge, long value) {
        CELL.setOpaque(room(gauge.cell()), gauge.cell(), value);
    }

    /** Records one observation. */
    public void record(Histogram histogram, long value) {
        int base = histogram.index() * 2;
        if (base + 1 >= observations.length) {
            observations = Arrays.copyOf(observations, Math.max(base + 2, observations.length * 2));
        }
        observations[base]++;
        observations[base + 1] += value;
    }

    /** Any thread. */
    long value(int cell) {
        long[] current = cells;
        return cell < current.length ? (long) CELL.getOpaque(current, cell) : 0;
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
