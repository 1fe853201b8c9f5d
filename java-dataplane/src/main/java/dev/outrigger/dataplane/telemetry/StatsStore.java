// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * All stats of the process by Envoy's names. Names are registered once and become small integers;
 * each thread that counts has a {@link StatsShard} of its own, so counting is a plain add without
 * sharing. Reading sums the shards.
 *
 * <p>Registering and reading: any thread. Counting: the shard's owner only.
 */
public final class StatsStore {
    private final ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Gauge> gauges = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Histogram> histograms = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> textReadouts = new ConcurrentHashMap<>();
    private final List<StatsShard> shards;
    private int nextCell;
    private int nextHistogram;

    /**
     * @param shards how many threads count: the main loop (index 0) and each worker (from 1)
     */
    public StatsStore(int shards) {
        var list = new ArrayList<StatsShard>();
        for (int i = 0; i < shards; i++) {
            list.add(new StatsShard());
        }
        this.shards = List.copyOf(list);
    }

    /** The shard of one thread: 0 for the main loop, from 1 for workers. */
    public StatsShard shard(int index) {
        return shards.get(index);
    }

    public Counter counter(String name) {
        return counters.computeIfAbsent(name, n -> new Counter(n, newCell()));
    }

    public Gauge gauge(String name) {
        return gauges.computeIfAbsent(name, n -> new Gauge(n, newCell()));
    }

    public Histogram histogram(String name) {
        return histograms.computeIfAbsent(name, n -> new Histogram(n, newHistogram()));
    }

    /** Sets a text readout, for example {@code control_plane.identifier}. */
    public void text(String name, String value) {
        textReadouts.put(name, value);
    }

    /** The sum over all shards. */
    public long value(Counter counter) {
        return sum(counter.cell());
    }

    /** The sum over all shards. */
    public long value(Gauge gauge) {
        return sum(gauge.cell());
    }

    private long sum(int cell) {
        long sum = 0;
        for (StatsShard shard : shards) {
            sum += shard.value(cell);
        }
        return sum;
    }

    private synchronized int newCell() {
        return nextCell++;
    }

    private synchronized int newHistogram() {
        return nextHistogram++;
    }

    /** Only ever grows. */
    public record Counter(String name, int cell) {}

    /** Goes up and down; shards may hold negative parts, the sum is what counts. */
    public record Gauge(String name, int cell) {}

    /** A distribution of non-negative integers, milliseconds unless the name says otherwise. */
    public record Histogram(String name, int index) {}
}
