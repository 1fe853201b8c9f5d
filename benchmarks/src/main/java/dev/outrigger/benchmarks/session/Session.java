// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.session;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.outrigger.benchmarks.contender.Command;
import dev.outrigger.benchmarks.machine.MachineFacts;
import dev.outrigger.benchmarks.machine.QuietCheck;
import dev.outrigger.benchmarks.machine.RunLock;
import dev.outrigger.envoy.ProvisionOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options and the course of a measuring command, as a mixin of it. */
public final class Session {
    /** Of the exit codes, as a command's footer. */
    public static final String EXIT_CODES =
            "Exit codes: 0 every bar passed, 1 a bar was missed or is unclear, 2 usage, 3 could not"
                    + " measure.";

    private static final int PASSED = 0;
    private static final int MISSED = 1;
    private static final int CANNOT_MEASURE = 3;
    private static final Duration QUIET_WINDOW = Duration.ofSeconds(2);
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Option(
            names = "--force",
            description = "Measure although the machine is not quiet, and count dirty samples.")
    private boolean force;

    @Option(
            names = "--envoy",
            paramLabel = "FILE",
            description = "Envoy's binary; else one is found or fetched.")
    private @Nullable Path envoy;

    @Option(
            names = "--out",
            defaultValue = "benchmarks/target/results",
            paramLabel = "DIR",
            description = "Where the raw JSON goes. Default: ${DEFAULT-VALUE}")
    private Path out = Path.of("");

    private final PrintStream progress = System.err;
    private final Path java = Path.of(System.getProperty("java.home"), "bin", "java");

    /**
     * Measures.
     *
     * @param <R> what it brings
     */
    @FunctionalInterface
    public interface Measurement<R extends Measured> {
        /**
         * @param objections why the machine is not quiet; empty unless forced
         */
        R measure(List<String> objections) throws IOException, InterruptedException;
    }

    /** Runs a command to the end of this process. */
    public static void run(Callable<Integer> command, String... arguments) {
        System.exit(
                new CommandLine(command)
                        .setExecutionExceptionHandler((failure, commandLine, _) -> {
                            commandLine.getErr().println("error: " + failure.getMessage());
                            return CANNOT_MEASURE;
                        })
                        .execute(arguments));
    }

    /**
     * Measures where that makes sense, prints the result and writes it to a file.
     *
     * @param name the file's name begins with it
     * @return the exit code
     * @throws IOException when another run is under way, or the machine is not quiet
     */
    public <R extends Measured> int run(String name, Measurement<R> measurement)
            throws IOException, InterruptedException {
        try (var lock = RunLock.tryTake().orElse(null)) {
            if (lock == null) {
                throw new IOException("another run holds " + RunLock.file());
            }
            var objections = QuietCheck.objections(QUIET_WINDOW);
            if (!objections.isEmpty() && !force) {
                throw new IOException(
                        "this machine is not quiet (--force measures all the same): "
                                + String.join("; ", objections));
            }
            var measured = measurement.measure(objections);
            var file = out.resolve(name + "-" + measured.startedAt().replace(":", "") + ".json");
            write(measured, file);
            System.out.print(measured.text());
            System.out.println("Raw results: " + file);
            return measured.passed() ? PASSED : MISSED;
        }
    }

    /** Writes all of a result as JSON, the raw samples too, making the file's folders. */
    public static void write(Measured measured, Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.write(file, MAPPER.writeValueAsBytes(measured));
    }

    /**
     * @param roles what the two cores are for
     * @throws IOException when what is measured and what measures cannot be kept apart
     */
    public static void requireTwoCores(String roles) throws IOException {
        if (Command.find("taskset").isEmpty()) {
            throw new IOException(
                    "taskset is missing (Linux, package util-linux): nothing can be pinned");
        }
        int cores = MachineFacts.read().cores();
        if (cores < 2) {
            throw new IOException(
                    "this machine has " + cores + " core (expected: 2, " + roles + ")");
        }
    }

    /** Whether disturbed samples count. */
    public boolean isForced() {
        return force;
    }

    /** Where what is worth keeping from run to run goes. */
    public Path cache() {
        return out.toAbsolutePath().resolveSibling("cache");
    }

    /** Where Envoy comes from. */
    public ProvisionOptions envoy() {
        var options =
                ProvisionOptions.fromEnvironment()
                        .withProgress(line -> progress.println("envoy     " + line));
        return envoy == null ? options : options.withExplicitPath(envoy.toAbsolutePath());
    }

    /** For lines on how it goes. */
    public PrintStream progress() {
        return progress;
    }

    /** The program that runs this one. */
    public Path java() {
        return java;
    }

    /** Now, as {@link Measured#startedAt()} wants it. */
    public static String now() {
        return Instant.now(Clock.systemUTC()).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** What git calls the state of this checkout. */
    public static String commit() throws InterruptedException {
        try {
            return Command.run("git", "describe", "--always", "--dirty").strip();
        } catch (IOException noGit) {
            return "unknown";
        }
    }
}
