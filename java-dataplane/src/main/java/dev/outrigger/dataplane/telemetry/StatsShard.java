// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The part of the stats that one thread writes. Confined to its owner. Allocates only when a stat
 * of a scope is first touched.
 */
public final class StatsShard {
    private final int index;
    private @Nullable HistogramListener histograms;

    StatsShard(int index) {
        this.index = index;
    }

    /** Before the shard's owner counts anything. */
    void listen(HistogramListener listener) {
        histograms = listener;
    }

    public void inc(Counter counter) {
        counter.scope().add(index, counter.index(), 1);
    }

    public void add(Counter counter, long amount) {
        counter.scope().add(index, counter.index(), amount);
    }

    public void inc(Gauge gauge) {
        add(gauge, 1);
    }

    public void dec(Gauge gauge) {
        add(gauge, -1);
    }

    public void add(Gauge gauge, long amount) {
        gauge.markWritten();
        gauge.scope().add(index, gauge.index(), amount);
    }

    /** Sets a gauge that only this shard ever writes. */
    public void set(Gauge gauge, long value) {
        gauge.markWritten();
        gauge.scope().set(index, gauge.index(), value);
    }

    /** Has a gauge count as used although it stays as it is. */
    public void touch(Gauge gauge) {
        gauge.markWritten();
    }

    /** Has a counter count as used although it stays as it is. */
    public void touch(Counter counter) {
        counter.scope().touch(counter.index());
    }

    /** Records one observation; a negative one counts as zero. */
    public void record(Histogram histogram, long value) {
        histogram.record(index, LogLinearBuckets.indexOf(value));
        if (histograms != null) {
            histograms.onRecorded(histogram, value);
        }
    }
}
