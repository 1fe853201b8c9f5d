// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outrigger.dataplane.message.HeadWriter;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.Timers.Loop;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Everything that belongs to one worker. Confined to the worker's event loop, like all that hangs
 * on it.
 */
public final class WorkerContext {
    /** Something with output that waits to be flushed. */
    @FunctionalInterface
    public interface Flushable {
        void flush();
    }

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final long DATE_LIFE_NANOS = 500_000_000;

    private final int index;
    private final Loop loop;
    private final StatsShard stats;
    private final Timers timers;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final RuntimeLayers runtime;
    private final HeadWriter headWriter = new HeadWriter();
    private final ArrayList<Flushable> dirty = new ArrayList<>();
    private byte[] date = {};
    private long dateNanos;
    private long now;
    private long wallNanos;
    private long wallMillis;

    /**
     * @param index from 0; also the position of the worker's part in per-worker arrays
     */
    public WorkerContext(
            int index,
            Loop loop,
            StatsShard stats,
            RandomGenerator random,
            InstantSource clock,
            RuntimeLayers runtime) {
        this.index = index;
        this.loop = loop;
        this.stats = stats;
        this.timers = new Timers(loop);
        this.random = random;
        this.clock = clock;
        this.runtime = runtime;
        this.now = loop.nanoTime();
        this.wallNanos = now - DATE_LIFE_NANOS;
        this.dateNanos = now - DATE_LIFE_NANOS - 1;
    }

    public int index() {
        return index;
    }

    public StatsShard stats() {
        return stats;
    }

    public Timers timers() {
        return timers;
    }

    /** Scratch memory for serialising heads. */
    public HeadWriter headWriter() {
        return headWriter;
    }

    public RandomGenerator random() {
        return random;
    }

    /** Values that override configuration, as of now. */
    public RuntimeSnapshot runtime() {
        return runtime.snapshot();
    }

    /** Monotonic time of the event being handled. */
    public long now() {
        return now;
    }

    /** Monotonic time of this very moment, for what is measured within an event. */
    public long exactNow() {
        return loop.nanoTime();
    }

    /** Reads the clock; called when an event begins. */
    public long refreshNow() {
        now = loop.nanoTime();
        return now;
    }

    /** Wall clock of the event being handled, in milliseconds. */
    public long wallMillis() {
        // Derived from the monotonic clock, and set right often enough to follow a stepped clock.
        if (now - wallNanos >= DATE_LIFE_NANOS) {
            wallMillis = clock.millis();
            wallNanos = now;
        }
        return wallMillis + (now - wallNanos) / 1_000_000;
    }

    /** The value of a {@code date} header, at most half a second old; shared. */
    public byte[] date() {
        if (now - dateNanos > DATE_LIFE_NANOS) {
            date = DATE.format(Instant.ofEpochMilli(wallMillis())).getBytes(US_ASCII);
            dateNanos = now;
        }
        return date;
    }

    /** Runs the task as an event of its own, behind those that are there now. */
    public void afterEvents(Runnable task) {
        loop.execute(() -> {
            refreshNow();
            task.run();
            flushDirty();
        });
    }

    /** Has a connection flushed at the end of the current event. */
    public void markDirty(Flushable connection) {
        dirty.add(connection);
    }

    /** Flushes what was marked; called when an event ends. */
    public void flushDirty() {
        // Flushing can mark more: a failed write ends exchanges, which write elsewhere.
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flush();
        }
        dirty.clear();
    }
}
