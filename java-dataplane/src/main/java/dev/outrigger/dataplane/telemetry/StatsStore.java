// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * All stats of the process by Envoy's names. Names are registered once and become small integers;
 * each thread that counts has a {@link StatsShard} of its own, so counting is a plain add without
 * sharing. Reading sums the shards.
 *
 * <p>Registering and reading: any thread. Counting: the shard's owner only. Names are kept for the
 * life of the process; {@link #retire} hides those of a removed cluster or listener, and the same
 * name registered again starts from zero.
 *
 * <p>Histograms are read as of the last {@link #mergeHistograms}, as Envoy reads them as of its
 * last flush.
 */
public final class StatsStore {
    private final ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Gauge> gauges = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Histogram> histograms = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> textReadouts = new ConcurrentHashMap<>();
    private final Set<String> retired = ConcurrentHashMap.newKeySet();

    /** What a counter's cells held when it was last reset: readers subtract it. */
    private final ConcurrentMap<Integer, Long> counterBases = new ConcurrentHashMap<>();

    private final ConcurrentMap<Integer, HistogramMerge> merges = new ConcurrentHashMap<>();
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
        String stat = statName(name);
        var counter = counters.computeIfAbsent(stat, n -> new Counter(n, newCell()));
        if (!retired.isEmpty() && retired.remove(stat)) {
            reset(counter);
        }
        return counter;
    }

    public Gauge gauge(String name) {
        String stat = statName(name);
        var gauge = gauges.computeIfAbsent(stat, n -> new Gauge(n, newCell()));
        if (!retired.isEmpty()) {
            retired.remove(stat);
        }
        return gauge;
    }

    public Histogram histogram(String name) {
        String stat = statName(name);
        var histogram = histograms.computeIfAbsent(stat, n -> new Histogram(n, newHistogram()));
        if (!retired.isEmpty()) {
            retired.remove(stat);
        }
        return histogram;
    }

    /** Sets a text readout, for example {@code control_plane.identifier}. */
    public void text(String name, String value) {
        String stat = statName(name);
        retired.remove(stat);
        textReadouts.put(stat, value);
    }

    /** The sum over all shards since the last reset. */
    public long value(Counter counter) {
        return sum(counter.cell()) - counterBases.getOrDefault(counter.cell(), 0L);
    }

    /** The sum over all shards. */
    public long value(Gauge gauge) {
        return sum(gauge.cell());
    }

    /** The histogram as of the last merge. */
    public HistogramSnapshot value(Histogram histogram) {
        var merge = merges.get(histogram.index());
        return merge == null ? HistogramSnapshot.EMPTY : merge.snapshot();
    }

    /** Takes what the shards recorded since the last call as the new interval. One thread. */
    public void mergeHistograms() {
        for (Histogram histogram : histograms.values()) {
            merges.computeIfAbsent(histogram.index(), _ -> new HistogramMerge())
                    .merge(shards, histogram.index());
        }
    }

    /** Zeroes all counters, as {@code POST /reset_counters} does; they stay "used". */
    public void resetCounters() {
        counters.values().forEach(this::reset);
    }

    /** Hides every stat whose name begins with the prefix, until it is registered again. */
    public void retire(String prefix) {
        String stat = statName(prefix);
        hide(counters.keySet(), stat);
        hide(gauges.keySet(), stat);
        hide(histograms.keySet(), stat);
        textReadouts.keySet().removeIf(name -> name.startsWith(stat));
    }

    List<Sample> counters() {
        var list = new ArrayList<Sample>();
        for (Counter counter : counters.values()) {
            if (!retired.contains(counter.name())) {
                // A counter that was never touched holds zero everywhere.
                boolean used = sum(counter.cell()) != 0;
                list.add(new Sample(counter.name(), Sample.Kind.COUNTER, value(counter), used));
            }
        }
        list.sort(Comparator.comparing(Sample::name));
        return list;
    }

    List<Sample> gauges() {
        var list = new ArrayList<Sample>();
        for (Gauge gauge : gauges.values()) {
            if (!retired.contains(gauge.name())) {
                list.add(new Sample(gauge.name(), Sample.Kind.GAUGE, value(gauge), isUsed(gauge)));
            }
        }
        list.sort(Comparator.comparing(Sample::name));
        return list;
    }

    List<HistogramSample> histograms() {
        var list = new ArrayList<HistogramSample>();
        for (Histogram histogram : histograms.values()) {
            if (!retired.contains(histogram.name())) {
                list.add(new HistogramSample(histogram.name(), value(histogram)));
            }
        }
        list.sort(Comparator.comparing(HistogramSample::name));
        return list;
    }

    List<Map.Entry<String, String>> textReadouts() {
        var list = new ArrayList<>(textReadouts.entrySet());
        list.sort(Map.Entry.comparingByKey());
        return list;
    }

    private boolean isUsed(Gauge gauge) {
        for (StatsShard shard : shards) {
            if (shard.isWritten(gauge.cell())) {
                return true;
            }
        }
        return false;
    }

    private void reset(Counter counter) {
        counterBases.put(counter.cell(), sum(counter.cell()));
    }

    private void hide(Set<String> names, String prefix) {
        for (String name : names) {
            if (name.startsWith(prefix)) {
                retired.add(name);
            }
        }
    }

    private long sum(int cell) {
        long sum = 0;
        for (StatsShard shard : shards) {
            sum += shard.value(cell);
        }
        return sum;
    }

    /** ST5: Envoy replaces every colon of a name, so that addresses can be parts of it. */
    private static String statName(String name) {
        return name.indexOf(':') < 0 ? name : name.replace(':', '_');
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

    /** One counter or gauge as read. */
    record Sample(String name, Kind kind, long value, boolean used) {
        /**
         * Gauges are unsigned in Envoy, which shows in the hashes of versions and in what is left
         * of unlimited pools; a difference of shards that is below zero for a moment shows as zero.
         */
        String text() {
            if (value >= 0) {
                return Long.toString(value);
            }
            boolean unsigned = name.endsWith("version") || name.endsWith("remaining_cx_pools");
            return unsigned ? Long.toUnsignedString(value) : "0";
        }

        enum Kind {
            COUNTER,
            GAUGE
        }
    }

    /** One histogram as read. */
    record HistogramSample(String name, HistogramSnapshot snapshot) {
        boolean used() {
            return snapshot.cumulative().total() > 0;
        }
    }
}
