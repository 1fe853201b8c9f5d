// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Which exchange of several a line of an access log belongs to: it names the port that the client's
 * connection came from. Used by one thread at a time.
 */
final class LogLines {
    private static final String NOBODYS = "log";

    private record Connection(String exchange, int exchangeNumber, int number) {}

    private final Map<Integer, List<Connection>> byPort = new HashMap<>();
    private int exchanges;

    /** An exchange was played over connections from these ports. */
    void began(String exchange, List<Integer> ports) {
        exchanges++;
        for (int i = 0; i < ports.size(); i++) {
            byPort.computeIfAbsent(ports.get(i), _ -> new ArrayList<>())
                    .add(new Connection(exchange, exchanges, i));
        }
    }

    /** The lines of each exchange, by connection and then in their order. */
    SequencedMap<String, List<Map<String, String>>> byExchange(List<Map<String, String>> lines) {
        record Placed(Connection connection, Map<String, String> line) {}
        var placed = new ArrayList<Placed>();
        int reached = 0;
        for (var line : lines) {
            var shown = new TreeMap<>(line);
            var client = String.valueOf(shown.remove(AccessLogs.CLIENT));
            var connection = find(client, reached);
            reached = Math.max(reached, connection.exchangeNumber());
            placed.add(new Placed(connection, shown));
        }
        placed.sort(Comparator.comparingInt(each -> each.connection().number()));
        var all = new LinkedHashMap<String, List<Map<String, String>>>();
        for (var each : placed) {
            all.computeIfAbsent(each.connection().exchange(), _ -> new ArrayList<>())
                    .add(each.line());
        }
        return all;
    }

    /** A port may be used again: lines come nearly in the order of the exchanges. */
    private Connection find(String client, int reached) {
        var port = client.substring(client.lastIndexOf(':') + 1);
        var candidates =
                port.matches("\\d{1,5}")
                        ? byPort.getOrDefault(Integer.parseInt(port), List.of())
                        : List.<Connection>of();
        for (var candidate : candidates) {
            if (candidate.exchangeNumber() >= reached - 1) {
                return candidate;
            }
        }
        return candidates.isEmpty() ? new Connection(NOBODYS, reached, 0) : candidates.getLast();
    }
}
