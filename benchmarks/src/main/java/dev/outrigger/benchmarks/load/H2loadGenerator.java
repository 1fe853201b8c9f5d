// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * nghttp2's h2load for every line whose downstream side is HTTP/2 or TLS. Fixed rates count from
 * the instant a request was sent, not from the one it was due: h2load tells no more.
 */
public final class H2loadGenerator implements Generator {

    /** Requests in flight on each HTTP/2 connection of a closed loop. */
    static final int STREAMS = 10;

    private static final double MICROS_PER_SECOND = 1_000_000;

    private final Path h2load;
    private final Path log;
    private final Path message;
    private final Line.Leg leg;
    private final boolean isGrpc;

    private H2loadGenerator(Path h2load, Path log, Path message, Line.Leg leg, boolean isGrpc) {
        this.h2load = h2load;
        this.log = log;
        this.message = message;
        this.leg = leg;
        this.isGrpc = isGrpc;
    }

    /**
     * Writes what a gRPC call sends into the given folder.
     *
     * @param messages of each call; 0 for requests that are no calls
     */
    public static H2loadGenerator prepare(Path h2load, Path folder, Line.Leg leg, int messages)
            throws IOException {
        var message = folder.resolve("message");
        Files.write(message, GrpcMessage.of(64, messages));
        return new H2loadGenerator(
                h2load, folder.resolve("h2load.log"), message, leg, messages > 0);
    }

    @Override
    public String description() {
        return "h2load " + h2load + (leg.isHttp2() ? ", " + STREAMS + " streams a connection" : "");
    }

    @Override
    public LoadResult run(int port, RequestProfile request, LoadShape shape, LoadLimit limit)
            throws IOException, InterruptedException {
        Files.deleteIfExists(log);
        var process =
                new ProcessBuilder(command(port, request, shape, limit))
                        .redirectErrorStream(true)
                        .start();
        long start = System.nanoTime();
        try {
            var output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException("h2load ended with " + exit + ": " + output.strip());
            }
            double elapsed =
                    isTimed(limit)
                            ? seconds(limit.time())
                            : (System.nanoTime() - start) / (MICROS_PER_SECOND * 1_000);
            return H2loadLog.read(log, elapsed);
        } finally {
            process.destroyForcibly();
        }
    }

    private List<String> command(
            int port, RequestProfile request, LoadShape shape, LoadLimit limit) {
        int connections = (int) Math.max(1, Math.min(shape.connections(), limit.requests()));
        List<String> command = new ArrayList<>();
        command.add(h2load.toString());
        command.add("-t1");
        command.add("-c" + connections);
        command.add("--log-file=" + log);
        if (isTimed(limit)) {
            command.add("-D" + Math.max(1, Math.round(seconds(limit.time()))));
        } else {
            command.add("-n" + limit.requests());
        }
        switch (shape) {
            case LoadShape.ClosedLoop _ -> command.add("-m" + (leg.isHttp2() ? STREAMS : 1));
            case LoadShape.FixedRate(int rate, int over) ->
                    command.add(String.format(Locale.ROOT, "--rps=%.3f", rate / (double) over));
        }
        if (!leg.isHttp2()) {
            command.add("--h1");
        }
        for (var field : request.fields()) {
            command.add("-H");
            command.add(named(field.name()) + ": " + field.value());
        }
        if (isGrpc) {
            command.addAll(
                    List.of(
                            "-H",
                            "content-type: application/grpc",
                            "-H",
                            "te: trailers",
                            "-d",
                            message.toString()));
        }
        command.add((leg.isTls() ? "https" : "http") + "://127.0.0.1:" + port + request.path());
        return command;
    }

    /** h2load takes the host for HTTP/1 too by its name in HTTP/2. */
    private static String named(String field) {
        return field.equalsIgnoreCase("host") ? ":authority" : field.toLowerCase(Locale.ROOT);
    }

    private static boolean isTimed(LoadLimit limit) {
        return limit.requests() == Long.MAX_VALUE;
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
