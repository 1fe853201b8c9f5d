// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;

/** A stream of server-sent events, read as the HTML standard says. Confined to one thread. */
public final class ServerEvents {
    private final Iterator<String> lines;
    private String lastId = "";

    private ServerEvents(Iterator<String> lines) {
        this.lines = lines;
    }

    /** One event. */
    public record Event(String id, String name, String data) {}

    public static ServerEvents of(Iterator<String> lines) {
        return new ServerEvents(lines);
    }

    /** The next one; empty when the stream has ended, or broke off. */
    public Optional<Event> next() {
        var data = new StringBuilder();
        String name = "message";
        try {
            while (lines.hasNext()) {
                var line = lines.next();
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        return Optional.of(new Event(lastId, name, data.toString()));
                    }
                    name = "message";
                    continue;
                }
                int colon = line.indexOf(':');
                var field = colon < 0 ? line : line.substring(0, colon);
                var value = colon < 0 ? "" : line.substring(colon + 1);
                value = value.startsWith(" ") ? value.substring(1) : value;
                switch (field) {
                    case "id" -> lastId = value;
                    case "event" -> name = value;
                    case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
                    default -> {} // Comments have an empty field; others are to be ignored.
                }
            }
        } catch (UncheckedIOException _) {
            return Optional.empty();
        }
        return Optional.empty();
    }
}
