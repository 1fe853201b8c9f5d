// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs a command to its end within a time limit and keeps the last part of what it printed. */
final class ExternalCommand {
    /** Enough for every error a tool prints last; a chatty tool cannot fill the memory. */
    private static final int KEPT_OUTPUT_BYTES = 64 * 1024;

    private ExternalCommand() {}

    /**
     * Runs the command with nothing on its standard input.
     *
     * @throws IOException when it cannot be started, or when the waiting thread is interrupted; the
     *     command has then been ended
     */
    static Outcome run(List<String> command, Duration limit) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var tail = new Tail();
        var reader = Thread.ofVirtual().start(() -> tail.drain(process.getInputStream()));
        try {
            boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (!ended) {
                end(process);
                return new Outcome(-1, tail.text(), true);
            }
            // A grandchild may hold the pipe open after the command has ended; it is not awaited.
            reader.join(Duration.ofSeconds(1));
            return new Outcome(process.exitValue(), tail.text(), false);
        } catch (InterruptedException _) {
            end(process);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while running " + command.getFirst());
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** How a command ended; the exit code means nothing when it ran out of time. */
    record Outcome(int exitCode, String output, boolean timedOut) {

        boolean succeeded() {
            return !timedOut && exitCode == 0;
        }

        /** The end of what was printed, on one line, for an error message. */
        String lastLines() {
            var lines =
                    output.strip().lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
            return lines.stream()
                    .skip(Math.max(0, lines.size() - 3))
                    .collect(Collectors.joining(" / "));
        }
    }

    private static final class Tail {
        private final byte[] kept = new byte[KEPT_OUTPUT_BYTES];
        private int length;

        void drain(InputStream in) {
            var buffer = new byte[8192];
            try (in) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    append(buffer, n);
                }
            } catch (IOException _) {
                // The process was ended while it was writing; what was read so far is kept.
            }
        }

        private synchronized void append(byte[] bytes, int count) {
            int dropped = Math.max(0, length + count - kept.length);
            System.arraycopy(kept, dropped, kept, 0, length - dropped);
            length -= dropped;
            System.arraycopy(bytes, 0, kept, length, count);
            length += count;
        }

        synchronized String text() {
            return new String(kept, 0, length, StandardCharsets.UTF_8);
        }
    }
}
