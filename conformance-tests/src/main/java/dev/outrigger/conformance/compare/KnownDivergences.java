// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The reviewed differences from Envoy, from {@code docs/divergences.md}: rows of a table with id,
 * case, field and reason, where case and field may hold {@code *}. An entry that explains nothing
 * any more is reported, so that the list stays true. Any thread.
 */
public final class KnownDivergences {
    private final List<Entry> entries;
    private final Set<String> used = ConcurrentHashMap.newKeySet();

    private KnownDivergences(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** One reviewed difference. */
    public record Entry(String id, String caseName, String field, String reason) {}

    public static KnownDivergences read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    /** Reads the rows whose first cell is an id such as {@code DIV-7}. */
    static KnownDivergences parse(String markdown) {
        var entries = new ArrayList<Entry>();
        var ids = new HashSet<String>();
        for (var line : markdown.lines().map(String::strip).toList()) {
            if (!line.startsWith("| DIV-")) {
                continue;
            }
            var cells = line.substring(1, line.length() - 1).split("(?<!\\\\)\\|", -1);
            if (cells.length != 4 || !line.endsWith("|")) {
                throw new IllegalArgumentException(
                        "divergence: '" + line + "' (expected: | id | case | field | reason |)");
            }
            var entry =
                    new Entry(cells[0].strip(), cell(cells[1]), cell(cells[2]), cells[3].strip());
            if (!entry.id().matches("DIV-\\d+") || !ids.add(entry.id())) {
                throw new IllegalArgumentException(
                        "divergence: '" + entry.id() + "' (expected: DIV-<number>, each once)");
            }
            if (entry.reason().isEmpty()) {
                throw new IllegalArgumentException(entry.id() + ": no reason");
            }
            entries.add(entry);
        }
        return new KnownDivergences(entries);
    }

    /** The entry that explains the difference in this exchange. */
    public Optional<Entry> explaining(String exchange, Difference difference) {
        var found =
                entries.stream()
                        .filter(entry -> Wildcard.of(entry.caseName()).matches(exchange))
                        .filter(entry -> Wildcard.of(entry.field()).matches(difference.field()))
                        .findFirst();
        found.ifPresent(entry -> used.add(entry.id()));
        return found;
    }

    /** The entries that explained nothing so far. */
    public List<Entry> unused() {
        return entries.stream().filter(entry -> !used.contains(entry.id())).toList();
    }

    /** Names may be set as code. */
    private static String cell(String text) {
        return text.strip().replaceAll("^`|`$", "").replace("\\|", "|");
    }
}
