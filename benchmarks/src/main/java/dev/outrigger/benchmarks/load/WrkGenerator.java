// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * wrk for closed loops, because it costs less of the core it shares with the upstream; everything
 * wrk cannot do (fixed rate, a fixed number of requests) goes to another generator.
 */
public final class WrkGenerator implements Generator {

    private final Path wrk;
    private final Path script;
    private final Line line;
    private final Generator others;

    private WrkGenerator(Path wrk, Path script, Line line, Generator others) {
        this.wrk = wrk;
        this.script = script;
        this.line = line;
        this.others = others;
    }

    /**
     * Writes the script wrk needs into the given folder.
     *
     * @param others does what wrk cannot
     */
    public static WrkGenerator prepare(Path wrk, Path folder, Line line, Generator others)
            throws IOException {
        var script = folder.resolve("wrk-report.lua");
        Files.writeString(script, WrkReport.SCRIPT);
        return new WrkGenerator(wrk, script, line, others);
    }

    @Override
    public String description() {
        return "wrk " + wrk + " for closed loops, " + others.description() + " for fixed rates";
    }

    @Override
    public LoadResult run(int port, RequestProfile request, LoadShape shape, LoadLimit limit)
            throws IOException, InterruptedException {
        return switch (shape) {
            case LoadShape.ClosedLoop closedLoop when limit.requests() == Long.MAX_VALUE ->
                    run(port, request, closedLoop, limit.time());
            case LoadShape.ClosedLoop _, LoadShape.FixedRate _ ->
                    others.run(port, request, shape, limit);
        };
    }

    private LoadResult run(
            int port, RequestProfile request, LoadShape.ClosedLoop shape, Duration time)
            throws IOException, InterruptedException {
        // wrk counts whole seconds only.
        long seconds = Math.max(1, Math.round(time.toMillis() / 1000.0));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                wrk.toString(),
                                "-t1",
                                "-c" + shape.connections(),
                                "-d" + seconds + "s",
                                "-s",
                                script.toString()));
        for (var field : request.fields()) {
            command.add("-H");
            command.add(field.name() + ": " + field.value());
        }
        if (line == Line.HANDSHAKE) {
            command.add("-H");
            command.add("Connection: close");
        }
        command.add(
                (line.downstream().isTls() ? "https" : "http")
                        + "://127.0.0.1:"
                        + port
                        + request.path());
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException("wrk ended with " + exit + ": " + output.strip());
            }
            return WrkReport.parse(output);
        } finally {
            process.destroyForcibly();
        }
    }
}
