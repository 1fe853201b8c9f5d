// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files access logs go to, and the one thread that writes them. Workers hand over full buffers
 * and never wait for a disk.
 *
 * <p>Any thread. A sink that cannot keep up loses lines beyond {@value #MAX_QUEUED_BYTES} bytes and
 * says so, rather than growing without bound.
 */
public final class AccessLogSinks implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AccessLogSinks.class);
    private static final long MAX_QUEUED_BYTES = 16L * 1024 * 1024;

    private final Map<AccessLogConfig.Sink, Sink> sinks = new HashMap<>();
    private final FileStats stats;
    private EntryLog.@Nullable Opener entries;
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(task -> {
                var thread = new Thread(task, "access-log");
                thread.setDaemon(true);
                return thread;
            });

    public AccessLogSinks(StatsStore stats) {
        this.stats = new FileStats(stats);
    }

    /**
     * Opens a sink, or finds it open.
     *
     * @throws IOException if the file cannot be opened
     */
    public synchronized Sink open(AccessLogConfig.Sink config) throws IOException {
        Sink known = sinks.get(config);
        if (known == null) {
            known = new Sink(config, stream(config));
            sinks.put(config, known);
        }
        return known;
    }

    /** What opens the logs that take entries; before the first is opened. */
    public synchronized void entries(EntryLog.Opener opener) {
        entries = opener;
    }

    /**
     * Opens a log that takes entries.
     *
     * @throws IOException when this process has nothing that opens them
     */
    synchronized EntryLog openEntries(AccessLogConfig.Sink.Grpc config) throws IOException {
        EntryLog.Opener opener = entries;
        if (opener == null) {
            throw new IOException("no client for access log services");
        }
        return opener.open(config);
    }

    /** Opens every file again by its name, so that a file moved away is let go of. */
    public synchronized void reopen() {
        for (Sink sink : new ArrayList<>(sinks.values())) {
            writer.execute(sink::reopen);
        }
    }

    private static OutputStream stream(AccessLogConfig.Sink config) throws IOException {
        return switch (config) {
            case AccessLogConfig.Sink.File(String path) -> file(path);
            case AccessLogConfig.Sink.Stdout() -> new FileOutputStream(FileDescriptor.out);
            case AccessLogConfig.Sink.Stderr() -> new FileOutputStream(FileDescriptor.err);
            case AccessLogConfig.Sink.Grpc _ ->
                    throw new IllegalArgumentException("a service is no file");
        };
    }

    private static OutputStream file(String path) throws IOException {
        return switch (path) {
            case "/dev/stdout" -> new FileOutputStream(FileDescriptor.out);
            case "/dev/stderr" -> new FileOutputStream(FileDescriptor.err);
            default -> Files.newOutputStream(Path.of(path), CREATE, WRITE, APPEND);
        };
    }

    /** Whether closing it would close what the whole process writes to. */
    private static boolean isShared(AccessLogConfig.Sink config) {
        return !(config instanceof AccessLogConfig.Sink.File(String path))
                || path.equals("/dev/stdout")
                || path.equals("/dev/stderr");
    }

    /** Writes what was handed over and stops. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("access log not written completely: the sink did not take it in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One open file. */
    public final class Sink {
        private final AccessLogConfig.Sink config;
        private final AtomicLong queued = new AtomicLong();
        private final AtomicLong dropped = new AtomicLong();

        /** The writer's; {@code null} where it could not be opened again. */
        private @Nullable OutputStream stream;

        private Sink(AccessLogConfig.Sink config, OutputStream stream) {
            this.config = config;
            this.stream = stream;
        }

        FileStats stats() {
            return stats;
        }

        /** Takes a buffer over. */
        void write(byte[] lines) {
            if (queued.addAndGet(lines.length) > MAX_QUEUED_BYTES) {
                queued.addAndGet(-lines.length);
                if (dropped.getAndAdd(lines.length) == 0) {
                    log.warn("access log lines dropped: the sink does not keep up");
                }
                writer.execute(() -> stats.onDropped(lines.length));
                return;
            }
            writer.execute(() -> {
                try {
                    writeNow(lines);
                } finally {
                    queued.addAndGet(-lines.length);
                }
            });
        }

        private void writeNow(byte[] lines) {
            if (stream == null) {
                reopen();
            }
            OutputStream open = stream;
            try {
                if (open == null) {
                    stats.onFailed(lines.length);
                    return;
                }
                open.write(lines);
                open.flush();
                stats.onWritten(lines.length);
            } catch (IOException e) {
                stats.onFailed(lines.length);
                log.warn("access log not written: {}", e.toString());
            }
        }

        private void reopen() {
            if (isShared(config)) {
                return;
            }
            try {
                OutputStream before = stream;
                if (before != null) {
                    stream = null;
                    before.close();
                }
                stream = stream(config);
            } catch (IOException e) {
                stats.onReopenFailed();
                log.warn("access log not opened again: {}", e.toString());
            }
        }

        private OutputStream stream(AccessLogConfig.Sink of) throws IOException {
            return AccessLogSinks.stream(of);
        }
    }
}
