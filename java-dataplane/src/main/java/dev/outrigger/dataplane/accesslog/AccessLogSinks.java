// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.outrigger.dataplane.config.AccessLogConfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(task -> {
                var thread = new Thread(task, "access-log");
                thread.setDaemon(true);
                return thread;
            });

    /**
     * Opens a sink, or finds it open.
     *
     * @throws IOException if the file cannot be opened
     */
    public synchronized Sink open(AccessLogConfig.Sink config) throws IOException {
        Sink known = sinks.get(config);
        if (known != null) {
            return known;
        }
        OutputStream stream =
                switch (config) {
                    case AccessLogConfig.Sink.File(String path) -> file(path);
                    case AccessLogConfig.Sink.Stdout() -> new FileOutputStream(FileDescriptor.out);
                    case AccessLogConfig.Sink.Stderr() -> new FileOutputStream(FileDescriptor.err);
                };
        var sink = new Sink(stream);
        sinks.put(config, sink);
        return sink;
    }

    private static OutputStream file(String path) throws IOException {
        return switch (path) {
            case "/dev/stdout" -> new FileOutputStream(FileDescriptor.out);
            case "/dev/stderr" -> new FileOutputStream(FileDescriptor.err);
            default -> Files.newOutputStream(Path.of(path), CREATE, WRITE, APPEND);
        };
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
        private final OutputStream stream;
        private final AtomicLong queued = new AtomicLong();
        private final AtomicLong dropped = new AtomicLong();

        private Sink(OutputStream stream) {
            this.stream = stream;
        }

        /** Takes a buffer over. */
        void write(byte[] lines) {
            if (queued.addAndGet(lines.length) > MAX_QUEUED_BYTES) {
                queued.addAndGet(-lines.length);
                if (dropped.getAndAdd(lines.length) == 0) {
                    log.warn("access log lines dropped: the sink does not keep up");
                }
                return;
            }
            writer.execute(() -> {
                try {
                    stream.write(lines);
                    stream.flush();
                } catch (IOException e) {
                    log.warn("access log not written: {}", e.toString());
                } finally {
                    queued.addAndGet(-lines.length);
                }
            });
        }
    }
}
