// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Probe;
import dev.outrigger.benchmarks.machine.PortOwner;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A started process, pinned to a core, that answers on its port. Closing it ends the process and
 * its children.
 */
public final class Instance implements Closeable {

    private static final Duration READY_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(90);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final String name;
    private final Process process;
    private final Site site;
    private final Duration timeToFirstAnswer;

    private Instance(String name, Process process, Site site, Duration timeToFirstAnswer) {
        this.name = name;
        this.process = process;
        this.site = site;
        this.timeToFirstAnswer = timeToFirstAnswer;
    }

    /**
     * Starts a launch on one core and waits for its first 200.
     *
     * @throws IOException when it does not answer in time or a stranger holds its port; the message
     *     holds what it printed
     */
    public static Instance start(
            String name, Contender.Launch launch, Site site, int core, Probe probe)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        command.addAll(launch.command());
        var log = site.folder().resolve("output.log").toFile();
        var builder =
                new ProcessBuilder(command)
                        .directory(site.folder().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().putAll(launch.environment());
        long start = System.nanoTime();
        var process = builder.start();
        try {
            awaitFirstAnswer(process, site, probe, start);
            var elapsed = Duration.ofNanos(System.nanoTime() - start);
            if (!PortOwner.isListening(process.toHandle(), site.port())) {
                throw new IOException(
                        "port " + site.port() + " is not held by the process that was started");
            }
            return new Instance(name, process, site, elapsed);
        } catch (IOException failed) {
            stop(process);
            throw new IOException(
                    name
                            + ": "
                            + failed.getMessage()
                            + "\n  command: "
                            + String.join(" ", command)
                            + "\n  output: "
                            + Files.readString(log.toPath()).strip(),
                    failed);
        }
    }

    private static void awaitFirstAnswer(Process process, Site site, Probe probe, long startNanos)
            throws IOException, InterruptedException {
        while (System.nanoTime() - startNanos < READY_LIMIT.toNanos()) {
            if (!process.isAlive()) {
                throw new IOException("ended with exit code " + process.exitValue());
            }
            if (probe.isAnswered(site.port())) {
                return;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new IOException("no 200 within " + READY_LIMIT.toSeconds() + " s");
    }

    public String name() {
        return name;
    }

    /** Where it lives. */
    public Site site() {
        return site;
    }

    public int port() {
        return site.port();
    }

    /** The process whose tree is measured. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    /** From the start of the process to the end of the first answer with status 200. */
    public Duration timeToFirstAnswer() {
        return timeToFirstAnswer;
    }

    @Override
    public void close() throws IOException {
        try {
            stop(process);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(Process process) throws InterruptedException {
        var children = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
