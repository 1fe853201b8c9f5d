// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.control.TypedYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The table of what Envoy takes and ours refuses, and why: an entry is a pattern that finds our
 * refusals and a reason. An entry that no refusal needs any more is an error.
 */
final class Refusals {
    private static final Path FILE = Path.of("src/test/resources/delivery/refused.yaml");

    private final List<Entry> entries = new ArrayList<>();

    private static final class Entry {
        private final Pattern says;
        private boolean used;

        Entry(String says) {
            this.says = Pattern.compile(says);
        }
    }

    /**
     * Reads one part of the table.
     *
     * @param part a key of the file
     */
    static Refusals read(String part) throws IOException {
        var all = (Map<?, ?>) TypedYaml.load(Files.readString(FILE));
        var table = new Refusals();
        if (all != null && all.get(part) instanceof List<?> rows) {
            for (Object row : rows) {
                var map = (Map<?, ?>) row;
                assertThat(map.keySet()).as("%s", map).isEqualTo(java.util.Set.of("says", "why"));
                table.entries.add(new Entry(String.valueOf(map.get("says"))));
            }
        }
        return table;
    }

    /** Whether each thing that the refusal finds wrong has an entry that explains it. */
    boolean explain(String refusal) {
        boolean all = true;
        for (String part : refusal.split("; ")) {
            all &= explainPart(part);
        }
        return all;
    }

    private boolean explainPart(String part) {
        for (var entry : entries) {
            if (entry.says.matcher(part).find()) {
                entry.used = true;
                return true;
            }
        }
        return false;
    }

    /** Patterns that found nothing. */
    List<String> unused() {
        return entries.stream()
                .filter(entry -> !entry.used)
                .map(entry -> entry.says.pattern())
                .toList();
    }
}
