// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The known differences from Envoy, from {@code docs/divergences.md}: rows of a table with id,
 * kind, cases, fields and reason. Cases and fields are separated by commas and may hold {@code *}.
 * An entry that explains nothing any more is reported, so that the list stays true. Any thread.
 */
public final class KnownDivergences {
    private static final Pattern ISSUE = Pattern.compile("#\\d+");

    private final List<Entry> entries;
    private final Set<String> used = ConcurrentHashMap.newKeySet();

    private KnownDivergences(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Why a difference is there. */
    public enum Kind {
        /** It is meant, and stays. */
        INTENDED,
        /** It is a fault that somebody is to repair; the reason names the issue. */
        DEFECT
    }

    /** A known difference, of every one of the fields in every one of the cases. */
    public record Entry(
            String id, Kind kind, List<String> cases, List<String> fields, String reason) {
        public Entry {
            cases = List.copyOf(cases);
            fields = List.copyOf(fields);
        }

        private boolean covers(String exchange, String field) {
            return cases.stream().anyMatch(each -> Wildcard.of(each).matches(exchange))
                    && fields.stream().anyMatch(each -> Wildcard.of(each).matches(field));
        }
    }

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
            if (cells.length != 5 || !line.endsWith("|")) {
                throw new IllegalArgumentException(
                        "divergence: '"
                                + line
                                + "' (expected: | id | kind | cases | fields | reason |)");
            }
            var entry =
                    new Entry(
                            cells[0].strip(),
                            kind(cells[1].strip()),
                            names(cells[2]),
                            names(cells[3]),
                            cells[4].strip());
            if (!entry.id().matches("DIV-\\d+") || !ids.add(entry.id())) {
                throw new IllegalArgumentException(
                        "divergence: '" + entry.id() + "' (expected: DIV-<number>, each once)");
            }
            if (entry.reason().isEmpty()) {
                throw new IllegalArgumentException(entry.id() + ": no reason");
            }
            if (entry.kind() == Kind.DEFECT && !ISSUE.matcher(entry.reason()).find()) {
                throw new IllegalArgumentException(
                        entry.id() + ": a defect without an issue (expected: such as #12)");
            }
            entries.add(entry);
        }
        return new KnownDivergences(entries);
    }

    /** The entry that explains why the field differs in this exchange. */
    public Optional<Entry> explaining(String exchange, String field) {
        var found = entries.stream().filter(entry -> entry.covers(exchange, field)).findFirst();
        found.ifPresent(entry -> used.add(entry.id()));
        return found;
    }

    /** The entries that explained nothing so far. */
    public List<Entry> unused() {
        return entries.stream().filter(entry -> !used.contains(entry.id())).toList();
    }

    private static Kind kind(String word) {
        for (var kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(word)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(
                "divergence: kind '" + word + "' (expected: intended or defect)");
    }

    /** Names may be set as code; a comma separates them. */
    private static List<String> names(String cell) {
        return Stream.of(cell.split(","))
                .map(name -> name.strip().replaceAll("^`|`$", "").replace("\\|", "|"))
                .toList();
    }
}
