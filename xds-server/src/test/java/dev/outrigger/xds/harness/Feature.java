// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** As much of Gherkin as the scenarios use: outlines with tags, steps and examples. */
record Feature(String name, List<Scenario> scenarios) {
    /**
     * One row of an outline's examples.
     *
     * @param tags without the at sign
     * @param steps with the row's values, quoted, in the place of names; keywords cut off
     */
    record Scenario(String name, Set<String> tags, List<String> steps) {}

    static Feature read(Path file) throws IOException {
        var scenarios = new ArrayList<Scenario>();
        var outline = new Outline();
        for (String raw : Files.readAllLines(file)) {
            var line = raw.strip();
            if (line.startsWith("@")) {
                scenarios.addAll(outline.rows());
                outline = new Outline();
                for (String tag : line.split("\\s+")) {
                    outline.tags.add(tag.substring(1));
                }
            } else if (line.startsWith("Scenario Outline:")) {
                outline.name = line.substring("Scenario Outline:".length()).strip();
            } else if (line.startsWith("|")) {
                outline.table.add(cells(line));
            } else if (line.matches("(Given|When|Then|And) .*")) {
                outline.steps.add(line.substring(line.indexOf(' ') + 1).strip());
            }
        }
        scenarios.addAll(outline.rows());
        return new Feature(String.valueOf(file.getFileName()), List.copyOf(scenarios));
    }

    private static List<String> cells(String line) {
        var cells = new ArrayList<String>();
        for (String cell : line.substring(1, line.lastIndexOf('|')).split("\\|")) {
            cells.add(cell.strip());
        }
        return cells;
    }

    private static final class Outline {
        private final Set<String> tags = new TreeSet<>();
        private final List<String> steps = new ArrayList<>();
        private final List<List<String>> table = new ArrayList<>();
        private String name = "";

        List<Scenario> rows() {
            var scenarios = new ArrayList<Scenario>();
            for (int row = 1; row < table.size(); row++) {
                var values = new LinkedHashMap<String, String>();
                for (int column = 0; column < table.getFirst().size(); column++) {
                    values.put(table.getFirst().get(column), table.get(row).get(column));
                }
                scenarios.add(
                        new Scenario(
                                filled(name, values),
                                Set.copyOf(tags),
                                steps.stream().map(step -> filled(step, values)).toList()));
            }
            return scenarios;
        }

        private static String filled(String text, Map<String, String> values) {
            var filled = text;
            for (Map.Entry<String, String> value : values.entrySet()) {
                filled = filled.replace("<" + value.getKey() + ">", value.getValue());
            }
            return filled;
        }
    }
}
