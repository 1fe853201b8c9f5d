// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.telemetry.StatsShard;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.IdentityHashMap;

/**
 * The lines one worker has not handed over yet, per sink. A buffer is handed over when it is full
 * or when the flush interval has passed (AL5). Confined to the worker's event loop.
 */
public final class AccessLogBuffers {
    private final IdentityHashMap<AccessLogSinks.Sink, StringBuilder> buffers =
            new IdentityHashMap<>();
    private final StatsShard stats;
    private final long flushIntervalNanos;
    private final int minFlushChars;
    private boolean pending;

    /**
     * @param stats of the worker
     * @param flushInterval {@code --file-flush-interval-msec}
     * @param minFlushBytes what makes a buffer full ({@code --file-flush-min-size-kb})
     */
    public AccessLogBuffers(StatsShard stats, Duration flushInterval, int minFlushBytes) {
        this.stats = stats;
        this.flushIntervalNanos = flushInterval.toNanos();
        // Latin-1: a character is a byte.
        this.minFlushChars = minFlushBytes;
    }

    public long flushIntervalNanos() {
        return flushIntervalNanos;
    }

    /**
     * Writes a line.
     *
     * @return whether this is the first one since the last flush, so that a flush must be planned
     */
    public boolean log(AccessLog log, FormatContext context) {
        if (!log.filter().matches(context)) {
            return false;
        }
        EntryLog entries = log.entries();
        AccessLogSinks.Sink sink = log.sink();
        if (entries != null) {
            entries.log(context);
        }
        if (sink == null) {
            return false;
        }
        StringBuilder buffer = buffers.computeIfAbsent(sink, s -> new StringBuilder(1024));
        int before = buffer.length();
        log.format().append(buffer, context);
        sink.stats().onBuffered(stats, buffer.length() - before);
        if (buffer.length() > minFlushChars) {
            handOver(sink, buffer);
        }
        boolean first = !pending;
        pending = true;
        return first;
    }

    /** Hands everything over because the flush interval has passed. */
    public void flushByTimer() {
        buffers.keySet().forEach(sink -> sink.stats().onFlushedByTimer(stats));
        flush();
    }

    /** Hands everything over. */
    public void flush() {
        pending = false;
        buffers.forEach((sink, buffer) -> {
            if (!buffer.isEmpty()) {
                handOver(sink, buffer);
            }
        });
    }

    private static void handOver(AccessLogSinks.Sink sink, StringBuilder buffer) {
        // Latin-1: header bytes were read as such, so they come out unchanged.
        sink.write(buffer.toString().getBytes(StandardCharsets.ISO_8859_1));
        buffer.setLength(0);
    }
}
