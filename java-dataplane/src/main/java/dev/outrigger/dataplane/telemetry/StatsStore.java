// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatShape.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All stats of the process by Envoy's names. A name is registered once and becomes a handle; each
 * thread that counts has a {@link StatsShard} of its own, so counting is a plain add without
 * sharing. Reading sums the shards.
 *
 * <p>Registering and reading: any thread. Counting: the shard's owner only. {@link #retire} forgets
 * the stats of a removed cluster or listener; the same name registered again starts from zero, and
 * who still holds an old handle counts unseen.
 *
 * <p>Histograms are read as of the last {@link #mergeHistograms}, as Envoy reads them as of its
 * last flush.
 */
public final class StatsStore {
    private volatile Supplier<List<EndpointStats>> endpoints = List::of;
    private final ConcurrentMap<String, StatScope> scopes = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> textReadouts = new ConcurrentHashMap<>();
    private final RecentLookups lookups = new RecentLookups();
    private final StatShape emptyShape = StatShape.empty();
    private final StatsRules rules;
    private final StatScope rejected;
    private final List<StatsShard> shards;

    /** With nothing configured. */
    public StatsStore(int shards) {
        this(shards, StatsRules.DEFAULT);
    }

    /**
     * @param shards how many threads count: the main loop (index 0) and each worker (from 1)
     */
    public StatsStore(int shards, StatsRules rules) {
        var list = new ArrayList<StatsShard>();
        for (int i = 0; i < shards + 1; i++) {
            list.add(new StatsShard(i));
        }
        this.shards = List.copyOf(list);
        this.rules = rules;
        this.rejected = new StatScope("", false, emptyShape, shards + 1);
    }

    /** The shard of one thread: 0 for the main loop, from 1 for workers. */
    public StatsShard shard(int index) {
        return shards.get(index);
    }

    /** How many threads count: the main loop and each worker. */
    public int shardCount() {
        return shards.size() - 1;
    }

    /** The shard of the one thread that writes files. */
    public StatsShard writerShard() {
        return shards.getLast();
    }

    public Counter counter(String name) {
        String stat = lookup(name);
        return scope(stat).counter(suffix(stat));
    }

    public Gauge gauge(String name) {
        String stat = lookup(name);
        return scope(stat).gauge(suffix(stat));
    }

    public Histogram histogram(String name) {
        String stat = lookup(name);
        return scope(stat).histogram(suffix(stat));
    }

    /** Before anything is recorded. */
    void listen(HistogramListener listener) {
        shards.forEach(shard -> shard.listen(listener));
    }

    /** Has a counter shown that nothing counts. */
    public void declareCounter(String name) {
        String stat = lookup(name);
        scope(stat).declare(suffix(stat), Kind.COUNTER);
    }

    /** Has a gauge shown that nothing sets. */
    public void declareGauge(String name) {
        String stat = lookup(name);
        scope(stat).declare(suffix(stat), Kind.GAUGE);
    }

    /** Has a histogram shown that nothing records. */
    public void declareHistogram(String name) {
        String stat = lookup(name);
        scope(stat).declare(suffix(stat), Kind.HISTOGRAM);
    }

    /** Sets a text readout, for example {@code control_plane.identifier}. */
    public void text(String name, String value) {
        String stat = statName(name);
        if (rules.accepts(stat)) {
            textReadouts.put(stat, value);
        }
    }

    /** The sum over all shards since the last reset; 0 for one the configuration rejects. */
    public long value(Counter counter) {
        return counter.scope.isListed() ? counter.scope.sinceReset(counter.index) : 0;
    }

    /** The sum over all shards; 0 for one the configuration rejects. */
    public long value(Gauge gauge) {
        return gauge.scope.isListed() ? gauge.scope.sum(gauge.index()) : 0;
    }

    /** The histogram as of the last merge. */
    public HistogramSnapshot value(Histogram histogram) {
        return histogram.snapshot();
    }

    /** Takes what the shards recorded since the last call as the new interval. One thread. */
    public void mergeHistograms() {
        scopes.values().forEach(StatScope::mergeHistograms);
    }

    /** Zeroes all counters, as {@code POST /reset_counters} does; they stay "used". */
    public void resetCounters() {
        scopes.values().forEach(StatScope::resetCounters);
    }

    /** Forgets every stat whose name begins with the prefix, which ends with a dot. */
    public void retire(String prefix) {
        String stat = statName(prefix);
        scopes.keySet().removeIf(name -> name.startsWith(stat));
        textReadouts.keySet().removeIf(name -> name.startsWith(stat));
    }

    /** What the configuration says about stats. */
    public StatsRules rules() {
        return rules;
    }

    public RecentLookups recentLookups() {
        return lookups;
    }

    /** Stats in order of name, as they are when the reader comes to them. */
    SortedStats sorted(EnumSet<Kind> kinds) {
        return new SortedStats(scopes.values(), kinds);
    }

    List<Map.Entry<String, String>> textReadouts() {
        var list = new ArrayList<>(textReadouts.entrySet());
        list.sort(Map.Entry.comparingByKey());
        return list;
    }

    private String lookup(String name) {
        String stat = statName(name);
        lookups.lookup(stat);
        return stat;
    }

    private StatScope scope(String stat) {
        if (!rules.accepts(stat)) {
            return rejected;
        }
        String prefix = stat.substring(0, stat.lastIndexOf('.') + 1);
        StatScope known = scopes.get(prefix);
        return known != null
                ? known
                : scopes.computeIfAbsent(
                        prefix, p -> new StatScope(p, true, emptyShape, shards.size()));
    }

    private static String suffix(String stat) {
        return stat.substring(stat.lastIndexOf('.') + 1);
    }

    /** ST5: Envoy replaces every colon of a name, so that addresses can be parts of it. */
    private static String statName(String name) {
        return name.indexOf(':') < 0 ? name : name.replace(':', '_');
    }

    /** Only ever grows. */
    public static final class Counter {
        private final StatScope scope;
        private final int index;

        Counter(StatScope scope, int index) {
            this.scope = scope;
            this.index = index;
        }

        StatScope scope() {
            return scope;
        }

        int index() {
            return index;
        }

        public String name() {
            return scope.name(index);
        }
    }

    /** Goes up and down; shards may hold negative parts, the sum is what counts. */
    public static final class Gauge {
        private final StatScope scope;

        /** The complement of the index while the gauge was never written: there are many gauges. */
        private int position;

        Gauge(StatScope scope, int index) {
            this.scope = scope;
            this.position = ~index;
        }

        StatScope scope() {
            return scope;
        }

        int index() {
            int now = position;
            return now < 0 ? ~now : now;
        }

        boolean isWritten() {
            return position >= 0;
        }

        /** Any thread: all that write write the same. */
        void markWritten() {
            int now = position;
            if (now < 0) {
                position = ~now;
            }
        }

        public String name() {
            return scope.name(index());
        }
    }

    /** A distribution of non-negative integers, milliseconds unless the name says otherwise. */
    public static final class Histogram {
        private final StatScope scope;
        private final int index;
        private volatile @Nullable HistogramCounts counts;

        Histogram(StatScope scope, int index) {
            this.scope = scope;
            this.index = index;
        }

        void record(int shard, int bucket) {
            HistogramCounts known = counts;
            (known == null ? first() : known).record(shard, bucket);
        }

        private synchronized HistogramCounts first() {
            HistogramCounts made = counts;
            if (made == null) {
                made = new HistogramCounts(scope.shards());
                counts = made;
            }
            return made;
        }

        boolean isListed() {
            return scope.isListed();
        }

        HistogramSnapshot snapshot() {
            HistogramCounts known = counts;
            return known == null ? HistogramSnapshot.EMPTY : known.snapshot();
        }

        void merge() {
            HistogramCounts known = counts;
            if (known != null) {
                known.merge();
            }
        }

        public String name() {
            return scope.name(index);
        }
    }

    /**
     * One stat as read.
     *
     * @param value of a counter or gauge
     */
    record Sample(String name, StatScope scope, Kind kind, int index, long value, boolean used) {
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

        /** What a histogram holds. */
        HistogramSnapshot snapshot() {
            return scope.histogram(index);
        }
    }

    /** Shows what hosts count, by cluster; main loop. */
    public void showEndpoints(Supplier<List<EndpointStats>> supplier) {
        endpoints = supplier;
    }

    /** As of now. */
    List<EndpointStats> endpoints() {
        return endpoints.get();
    }
}
