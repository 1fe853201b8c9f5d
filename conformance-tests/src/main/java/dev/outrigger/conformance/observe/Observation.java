// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Everything seen of one exchange. {@link #fields()} names each part, so that expectations,
 * differences and divergences speak of the same things: {@code response[1].status}, {@code
 * response[1].header.server}, {@code connection[1].end}, {@code attempt[2].header.host}, {@code
 * log[1].flags}, {@code stat.cluster.a.upstream_rq_total}.
 *
 * @param attempts in any order in which they may be seen; see {@link AttemptOrder}
 * @param logs one map for each access log line, by the name of its part
 * @param statDeltas what the exchange added to each counter and gauge, zeroes left out
 */
public record Observation(
        List<SeenConnection> connections,
        List<SeenAttempt> attempts,
        List<Map<String, String>> logs,
        List<SeenAdminReply> adminReplies,
        SortedMap<String, Long> statDeltas) {
    private static final int LONGEST_TEXT = 400;

    /** Heads among text are compared line by line: they hold times. */
    private static final int LONGEST_HEADS = 4096;

    public Observation {
        connections = List.copyOf(connections);
        attempts = AttemptOrder.of(attempts);
        logs = List.copyOf(logs);
        adminReplies = List.copyOf(adminReplies);
    }

    /** Every part by its name. */
    public SortedMap<String, String> fields() {
        var fields = new TreeMap<String, String>();
        int response = 0;
        for (int i = 0; i < connections.size(); i++) {
            var connection = connections.get(i);
            var name = "connection[" + (i + 1) + "]";
            fields.put(name + ".end", connection.end().name().toLowerCase(Locale.ROOT));
            if (!connection.unparsed().isEmpty()) {
                fields.put(name + ".unparsed", shortened(connection.unparsed(), LONGEST_HEADS));
            }
            for (var each : connection.responses()) {
                put(fields, "response[" + ++response + "]", each);
            }
        }
        fields.put("responses", Integer.toString(response));
        for (int i = 0; i < attempts.size(); i++) {
            put(fields, "attempt[" + (i + 1) + "]", attempts.get(i));
        }
        fields.put("attempts", Integer.toString(attempts.size()));
        for (int i = 0; i < logs.size(); i++) {
            var name = "log[" + (i + 1) + "].";
            logs.get(i).forEach((part, value) -> fields.put(name + part, value));
        }
        fields.put("logs", Integer.toString(logs.size()));
        for (int i = 0; i < adminReplies.size(); i++) {
            var name = "admin[" + (i + 1) + "]";
            fields.put(name + ".status", Integer.toString(adminReplies.get(i).status()));
            fields.put(name + ".body", shortened(adminReplies.get(i).body()));
            adminReplies
                    .get(i)
                    .body()
                    .lines()
                    .findFirst()
                    .ifPresent(line -> fields.put(name + ".first-line", shortened(line)));
        }
        statDeltas.forEach((name, delta) -> fields.put("stat." + name, Long.toString(delta)));
        return fields;
    }

    private static void put(Map<String, String> fields, String name, SeenResponse response) {
        fields.put(name + ".version", response.version());
        fields.put(name + ".status", Integer.toString(response.status()));
        fields.put(name + ".reason", response.reason());
        fields.put(name + ".complete", Boolean.toString(response.complete()));
        fields.put(name + ".body", shortened(response.body()));
        if (!response.interim().isEmpty()) {
            fields.put(name + ".interim", String.join(", ", response.interim()));
        }
        put(fields, name + ".header.", response.headers());
        put(fields, name + ".trailer.", response.trailers());
    }

    private static void put(Map<String, String> fields, String name, SeenAttempt attempt) {
        fields.put(name + ".upstream", attempt.upstream());
        fields.put(name + ".connection", Integer.toString(attempt.connection()));
        fields.put(name + ".line", shortened(attempt.requestLine()));
        fields.put(name + ".complete", Boolean.toString(attempt.complete()));
        fields.put(name + ".body", shortened(attempt.body()));
        put(fields, name + ".header.", attempt.headers());
        put(fields, name + ".trailer.", attempt.trailers());
    }

    /**
     * Lines of one name keep their order, and {@code :order} says that of the names. No receiver
     * learns the order of pseudo-header fields.
     */
    private static void put(Map<String, String> fields, String prefix, List<Header> headers) {
        headers.forEach(header ->
                fields.merge(
                        prefix + header.name(),
                        shortened(header.value()),
                        (earlier, later) -> earlier + " | " + later));
        fields.put(
                prefix + ":order",
                shortened(
                        headers.stream()
                                .map(Header::name)
                                .filter(name -> !name.startsWith(":"))
                                .collect(Collectors.joining(" "))));
    }

    /** Long texts become their length and checksum: equal stays equal, and reports stay short. */
    private static String shortened(String text) {
        return shortened(text, LONGEST_TEXT);
    }

    private static String shortened(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.ISO_8859_1));
            return "<"
                    + text.length()
                    + " characters, SHA-256 "
                    + HexFormat.of().formatHex(digest, 0, 8)
                    + ">";
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
