// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process that this one started; both its outputs go to a file. Any thread. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration LAST_GRACE = Duration.ofSeconds(5);
    private static final int TAIL_LINES = 12;

    private final Process process;
    private final Path log;
    private final Duration grace;

    private ChildProcess(Process process, Path log, Duration grace) {
        this.process = process;
        this.log = log;
        this.grace = grace;
    }

    /**
     * Starts a process.
     *
     * @param environment added to this process's own
     * @param grace how long it may take to end when asked to
     */
    public static ChildProcess start(
            List<String> command, Map<String, String> environment, Path log, Duration grace)
            throws IOException {
        var builder =
                new ProcessBuilder(command)
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start(), log, grace);
    }

    public long pid() {
        return process.pid();
    }

    /** Why it is no use to wait for it: it has ended, and these were its last words. */
    public Optional<String> obituary() {
        if (process.isAlive()) {
            return Optional.empty();
        }
        return Optional.of("ended with exit code " + process.exitValue() + tail(log));
    }

    /** Waits until it has ended. */
    public void awaitExit() throws InterruptedException {
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                process.waitFor(LAST_GRACE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The last lines of a log, each indented on a line of its own; empty when there are none. */
    public static String tail(Path log) {
        try {
            var lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
            var text = new StringBuilder();
            for (var line : lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())) {
                text.append(System.lineSeparator()).append("    ").append(line);
            }
            return text.toString();
        } catch (IOException e) {
            return "";
        }
    }
}
