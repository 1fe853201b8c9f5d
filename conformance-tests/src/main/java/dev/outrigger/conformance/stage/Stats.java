// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Counters and gauges of a proxy at one moment, as {@code /stats} prints them. Immutable. */
record Stats(Map<String, Long> values) {
    private static final Pattern LINE = Pattern.compile("(?m)^(\\S+): (-?\\d{1,18})$");
    private static final Pattern DOWNSTREAM =
            Pattern.compile("http\\.(?!admin\\.).*\\.downstream_(?:rq|cx)_active");
    private static final Pattern UPSTREAM_REQUESTS =
            Pattern.compile(
                    "cluster\\.(?!outrigger_xds\\.).*\\.upstream_rq_(?:active|pending_active)");
    private static final Pattern UPSTREAM_CONNECTIONS =
            Pattern.compile("cluster\\.(?!outrigger_xds\\.).*\\.upstream_cx_active");
    private static final Pattern TRAFFIC =
            Pattern.compile("(?:http\\.(?!admin\\.)|cluster\\.|listener\\.(?!admin\\.)|tcp\\.).*");
    private static final Pattern REQUESTS =
            Pattern.compile("http\\.(?!admin\\.).*\\.downstream_rq_total");

    Stats {
        values = Map.copyOf(values);
    }

    static Stats parse(String text) {
        var values = new TreeMap<String, Long>();
        LINE.matcher(text)
                .results()
                .forEach(match -> values.put(match.group(1), Long.parseLong(match.group(2))));
        return new Stats(values);
    }

    /** What was added since the earlier moment; what did not change is left out. */
    SortedMap<String, Long> since(Stats earlier) {
        var deltas = new TreeMap<String, Long>();
        values.forEach((name, value) -> {
            long delta = value - earlier.values.getOrDefault(name, 0L);
            if (delta != 0) {
                deltas.put(name, delta);
            }
        });
        return deltas;
    }

    /**
     * Whether nothing has happened to traffic in between; what the admin interface does is none.
     */
    boolean looksLike(Stats other) {
        return traffic().equals(other.traffic());
    }

    private Map<String, Long> traffic() {
        return values.entrySet().stream()
                .filter(entry -> TRAFFIC.matcher(entry.getKey()).matches())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Whether no exchange and no downstream connection is left. */
    boolean quiet() {
        return sum(DOWNSTREAM) == 0 && sum(UPSTREAM_REQUESTS) == 0;
    }

    boolean withoutUpstreamConnections() {
        return sum(UPSTREAM_CONNECTIONS) == 0;
    }

    long downstreamRequests() {
        return sum(REQUESTS);
    }

    private long sum(Pattern names) {
        return values.entrySet().stream()
                .filter(entry -> names.matcher(entry.getKey()).matches())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
