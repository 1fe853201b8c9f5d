// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatShape.Kind;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import dev.outrigger.dataplane.telemetry.StatsStore.Sample;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The stats of one prefix, for example {@code cluster.a.}: their values lie together, one array for
 * each thread that counts, which exists once that thread has counted. Names are shared with all
 * scopes that have the same ones ({@link StatShape}).
 *
 * <p>Registering and reading: any thread. Counting: the owner of the shard.
 */
final class StatScope {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(long[][].class);
    private static final long[] NOTHING = {};

    /** Values come in cache lines. */
    private static final int CELL_STEP = 8;

    private static final int HANDLE_STEP = 8;

    private final String prefix;
    private final boolean listed;
    private final long[][] cells;
    private StatShape shape;
    private @Nullable Object[] handles = {};
    private long[] bases = NOTHING;

    /** Counters used without having counted. */
    private @Nullable BitSet touched;

    /**
     * @param prefix ends with a dot, or is empty
     * @param listed whether readers see it; what it counts is lost otherwise
     * @param empty the store's shape without names
     */
    StatScope(String prefix, boolean listed, StatShape empty, int shards) {
        this.prefix = prefix;
        this.listed = listed;
        this.shape = empty;
        this.cells = new long[shards][];
        Arrays.fill(cells, NOTHING);
    }

    int shards() {
        return cells.length;
    }

    boolean isListed() {
        return listed;
    }

    synchronized Counter counter(String suffix) {
        int index = register(suffix, Kind.COUNTER);
        if (handles[index] instanceof Counter known) {
            return known;
        }
        var made = new Counter(this, index);
        handles[index] = made;
        return made;
    }

    synchronized Gauge gauge(String suffix) {
        int index = register(suffix, Kind.GAUGE);
        if (handles[index] instanceof Gauge known) {
            return known;
        }
        var made = new Gauge(this, index);
        handles[index] = made;
        return made;
    }

    synchronized Histogram histogram(String suffix) {
        int index = register(suffix, Kind.HISTOGRAM);
        if (handles[index] instanceof Histogram known) {
            return known;
        }
        var made = new Histogram(this, index);
        handles[index] = made;
        return made;
    }

    /** Has a name shown without making anything that could count. */
    synchronized void declare(String suffix, Kind kind) {
        int _ = register(suffix, kind);
    }

    private int register(String suffix, Kind kind) {
        StatShape wanted = shape.with(suffix, kind);
        if (wanted == shape) {
            return shape.find(suffix, kind);
        }
        shape = wanted;
        if (handles.length < shape.size()) {
            // By a little at a time: a cluster has some hundred names, and there are thousands.
            handles = Arrays.copyOf(handles, handles.length + HANDLE_STEP);
        }
        return shape.size() - 1;
    }

    /** Counting; the shard's owner. */
    void add(int shard, int index, long amount) {
        long[] values = room(shard, index);
        CELL.setOpaque(values, index, (long) CELL.getOpaque(values, index) + amount);
    }

    /** The shard's owner. */
    void set(int shard, int index, long value) {
        CELL.setOpaque(room(shard, index), index, value);
    }

    synchronized void touch(int index) {
        if (touched == null) {
            touched = new BitSet();
        }
        touched.set(index);
    }

    private long[] room(int shard, int index) {
        long[] values = cells[shard];
        return index < values.length ? values : grow(shard, index);
    }

    private long[] grow(int shard, int index) {
        long[] grown = Arrays.copyOf(cells[shard], (index / CELL_STEP + 1) * CELL_STEP);
        CELLS.setRelease(cells, shard, grown);
        return grown;
    }

    /** The sum over all shards, resets not regarded. */
    long sum(int index) {
        long sum = 0;
        for (int shard = 0; shard < cells.length; shard++) {
            long[] values = (long[]) CELLS.getAcquire(cells, shard);
            if (index < values.length) {
                sum += (long) CELL.getOpaque(values, index);
            }
        }
        return sum;
    }

    /** What a counter grew by since the last reset. */
    synchronized long sinceReset(int index) {
        return sum(index) - (index < bases.length ? bases[index] : 0);
    }

    synchronized void resetCounters() {
        long[] now = new long[shape.size()];
        for (int i = 0; i < now.length; i++) {
            now[i] = sum(i);
        }
        bases = now;
    }

    /** The name of the stat at a position. */
    synchronized String name(int index) {
        StatShape at = shape;
        while (at.size() > index + 1) {
            at = at.before();
        }
        return prefix + at.suffix();
    }

    String prefix() {
        return prefix;
    }

    synchronized StatShape shape() {
        return shape;
    }

    /** A stat as it is now; its name is known to the reader already. */
    synchronized Sample sample(String name, Kind kind, int index) {
        return switch (kind) {
            case COUNTER -> {
                long sum = sum(index);
                long value = sum - (index < bases.length ? bases[index] : 0);
                boolean used = sum != 0 || (touched != null && touched.get(index));
                yield new Sample(name, this, kind, index, value, used);
            }
            case GAUGE -> {
                boolean used = handles[index] instanceof Gauge gauge && gauge.isWritten();
                yield new Sample(name, this, kind, index, sum(index), used);
            }
            case HISTOGRAM -> {
                boolean used = histogram(index).cumulative().total() > 0;
                yield new Sample(name, this, kind, index, 0, used);
            }
        };
    }

    /** A histogram as of the last merge. */
    synchronized HistogramSnapshot histogram(int index) {
        return handles[index] instanceof Histogram histogram
                ? histogram.snapshot()
                : HistogramSnapshot.EMPTY;
    }

    /** Takes what was recorded since the last call as the new interval. One thread. */
    synchronized void mergeHistograms() {
        for (Object handle : handles) {
            if (handle instanceof Histogram histogram) {
                histogram.merge();
            }
        }
    }
}
