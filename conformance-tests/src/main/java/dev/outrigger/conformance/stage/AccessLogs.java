// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.proxy.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The access log of a proxy under test, twice: in Envoy's default format, and in one whose parts
 * can be told apart. Used by one thread.
 */
final class AccessLogs {
    /** Parts of the second format; a tab never occurs in a value. */
    private static final Map<String, String> PARTS = new LinkedHashMap<>();

    /** The part by which a line's connection is known; no line shows it. */
    static final String CLIENT = "client";

    static {
        PARTS.put("code", "%RESPONSE_CODE%");
        PARTS.put("flags", "%RESPONSE_FLAGS%");
        PARTS.put("details", "%RESPONSE_CODE_DETAILS%");
        PARTS.put("route", "%ROUTE_NAME%");
        PARTS.put("cluster", "%UPSTREAM_CLUSTER%");
        PARTS.put("host", "%UPSTREAM_HOST%");
        PARTS.put("received", "%BYTES_RECEIVED%");
        PARTS.put("sent", "%BYTES_SENT%");
        PARTS.put("protocol", "%PROTOCOL%");
        PARTS.put("attempts", "%UPSTREAM_REQUEST_ATTEMPT_COUNT%");
        PARTS.put(CLIENT, "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%");
    }

    /** Begins the line of an attempt. */
    private static final String ATTEMPT = "attempt: ";

    private final Path defaultLog;
    private final Path partsLog;
    private final Path drawnLog;
    private boolean asked;
    private boolean drawn;
    private int taken;
    private int attemptsTaken;

    AccessLogs(Path workdir) {
        this.defaultLog = workdir.resolve("default.log");
        this.partsLog = workdir.resolve("parts.log");
        this.drawnLog = workdir.resolve("drawn.log");
    }

    /** Deletes what an earlier run has left in the folder: proxies append. */
    static void clear(Path workdir) throws IOException {
        for (var name : List.of("default.log", "parts.log", "drawn.log")) {
            Files.deleteIfExists(workdir.resolve(name));
        }
    }

    /**
     * The value of {@code access_log} in a configuration.
     *
     * @param format the name or the number of a further format, or nothing for none
     */
    String config(String format) {
        asked = true;
        var parts = new ArrayList<String>();
        PARTS.forEach((name, operator) -> parts.add(name + "=" + operator));
        var loggers = new ArrayList<String>();
        loggers.add(logger(defaultLog, ""));
        loggers.add(logger(partsLog, LogFormats.text(String.join("\\t", parts))));
        if (!format.isEmpty()) {
            drawn = true;
            loggers.add(logger(drawnLog, LogFormats.named(format)));
        }
        return "[" + String.join(", ", loggers) + "]";
    }

    /** The value of {@code upstream_log}: lines of the second log, marked. */
    String upstream() {
        return "[" + logger(partsLog, LogFormats.upstream(ATTEMPT)) + "]";
    }

    /**
     * The same as the value of {@code accessLog} in a Sidecar.
     *
     * @param format {@code every} for a further log of every operator that documents may name, or
     *     nothing for none
     */
    String policy(String format) {
        asked = true;
        var drawing = "";
        if (!format.isEmpty()) {
            drawn = true;
            drawing = ", {file: \"" + drawnLog + "\", text: \"" + LogFormats.every() + "\"}";
        }
        var parts = new ArrayList<String>();
        PARTS.forEach((name, operator) -> parts.add(name + "=" + operator));
        return "[{file: \""
                + defaultLog
                + "\"}, {file: \""
                + partsLog
                + "\", text: \""
                + String.join("\\t", parts)
                + "\"}"
                + drawing
                + "]";
    }

    /** The lines since the last call, once there are so many, or as many as came in time. */
    List<Map<String, String>> take(long expected, Duration limit) {
        if (!asked) {
            return List.of();
        }
        var _ =
                Eventually.holds(
                        limit,
                        () ->
                                lines(partsLog, false).size() >= taken + expected
                                        && lines(defaultLog).size() >= taken + expected
                                        && (!drawn || lines(drawnLog).size() >= taken + expected));
        var parts = lines(partsLog, false);
        var defaults = lines(defaultLog);
        var others = drawn ? lines(drawnLog) : List.<String>of();
        var taking = new ArrayList<Map<String, String>>();
        for (int i = taken; i < parts.size(); i++) {
            var fields = new TreeMap<String, String>();
            for (var part : parts.get(i).split("\t")) {
                int equals = part.indexOf('=');
                fields.put(
                        equals < 0 ? "malformed" : part.substring(0, equals),
                        part.substring(equals + 1));
            }
            if (i < defaults.size()) {
                fields.put("default", defaults.get(i));
            }
            if (i < others.size()) {
                fields.put("drawn", others.get(i));
            }
            taking.add(fields);
        }
        taken = parts.size();
        var attempts = lines(partsLog, true);
        if (attempts.size() > attemptsTaken && !taking.isEmpty()) {
            // Only one exchange is played at a time where attempts are logged.
            taking.getFirst()
                    .put(
                            "upstream",
                            String.join(" / ", attempts.subList(attemptsTaken, attempts.size())));
        }
        attemptsTaken = attempts.size();
        return taking;
    }

    private static List<String> lines(Path file, boolean attempts) {
        return lines(file).stream().filter(each -> each.startsWith(ATTEMPT) == attempts).toList();
    }

    private static String logger(Path path, String more) {
        return "{name: envoy.access_loggers.file, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog,"
                + " path: \""
                + path
                + "\""
                + more
                + "}}";
    }

    /** Whole lines only: the last one may be on its way. */
    private static List<String> lines(Path file) {
        try {
            var text =
                    Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
