// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.NodeType;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds out what a reader reads by having it read values that are not there, once for everything
 * that is there or not, has one type or another, or is one word or another. What is found is what
 * holds for a value by itself; rules between values are the reader's own.
 */
public final class Exploration {
    /** Far more than the largest kind of document needs. */
    private static final int MAX_RUNS = 20_000;

    private final ValueShape shape = new ValueShape();
    private final Queue<Scenario> open = new ArrayDeque<>();
    private final Set<Scenario> known = new HashSet<>();

    // What is varied already, by place.
    private final Set<String> presences = new HashSet<>();
    private final Set<String> typed = new HashSet<>();
    private final Set<String> words = new HashSet<>();

    private Exploration() {}

    /** The JSON Schema of the value that the reader reads. */
    public static ObjectNode schema(Consumer<DocumentNode> reader, FieldPath path) {
        var exploration = new Exploration();
        exploration.add(Scenario.FULL);
        exploration.add(Scenario.EMPTY_SCALARS);
        int runs = 0;
        while (!exploration.open.isEmpty()) {
            if (++runs > MAX_RUNS) {
                throw new IllegalStateException("a reader without end at " + path.pointer());
            }
            exploration.run(exploration.open.remove(), reader, path);
        }
        return exploration.shape.toJson();
    }

    private void add(Scenario scenario) {
        if (known.add(scenario)) {
            open.add(scenario);
        }
    }

    private void run(Scenario scenario, Consumer<DocumentNode> reader, FieldPath path) {
        var run = new ExploringRun(scenario);
        try {
            reader.accept(DocumentNode.probing(run.probe("", shape), path));
        } catch (RuntimeException _) {
            // It relies on something that a real value would have had; the rest is still true.
        }
        run.finish();
        // Something that first shows in this run is only there because of what is different in
        // it: its own variations begin from here.
        run.presences().stream()
                .filter(presences::add)
                .forEach(place -> {
                    add(scenario.only(place));
                    add(scenario.without(place));
                });
        run.typed().stream()
                .filter(typed::add)
                .forEach(place -> {
                    for (NodeType type : NodeType.values()) {
                        add(scenario.type(place, type));
                    }
                });
        run.words()
                .forEach((place, all) -> {
                    if (words.add(place)) {
                        all.forEach(word -> add(scenario.word(place, word)));
                    }
                });
    }
}
