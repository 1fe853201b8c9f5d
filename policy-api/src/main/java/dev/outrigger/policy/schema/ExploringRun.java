// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.schema;

import dev.outrigger.policy.document.DocumentTree;
import dev.outrigger.policy.document.DocumentTree.ListTree;
import dev.outrigger.policy.document.DocumentTree.MapTree;
import dev.outrigger.policy.document.DocumentTree.ScalarTree;
import dev.outrigger.policy.document.DocumentTree.ScalarType;
import dev.outrigger.policy.document.Gep2257Duration;
import dev.outrigger.policy.document.NodeProbe;
import dev.outrigger.policy.document.NodeType;
import dev.outrigger.policy.document.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One reading of nothing, and what it told. Confined to the exploration. */
final class ExploringRun {
    private final Scenario scenario;
    private final Set<String> presences = new LinkedHashSet<>();
    private final Set<String> typed = new LinkedHashSet<>();
    private final Map<String, Set<String>> words = new LinkedHashMap<>();
    private final Set<String> refused = new LinkedHashSet<>();
    private final Map<String, ValueShape> shapes = new HashMap<>();

    /** By object, the fields it cannot be without. */
    private final Map<String, Set<String>> required = new HashMap<>();

    ExploringRun(Scenario scenario) {
        this.scenario = scenario;
    }

    /** Values that a reader asked for whether they are there. */
    Set<String> presences() {
        return presences;
    }

    /** Values that a reader asked for their type. */
    Set<String> typed() {
        return typed;
    }

    /** Values that a reader wants to be one of some words. */
    Map<String, Set<String>> words() {
        return words;
    }

    NodeProbe probe(String path, ValueShape shape) {
        shapes.put(path, shape);
        return new Probe(path, shape);
    }

    /** What only shows at the end. */
    void finish() {
        required.forEach((path, names) -> {
            var shape = shapes.get(path);
            if (shape != null) {
                shape.requires(names);
            }
        });
        scenario.types()
                .forEach((path, type) -> {
                    var shape = shapes.get(path);
                    if (shape != null && typed.contains(path) && !refused.contains(path)) {
                        shape.accepts(type);
                    }
                });
    }

    private final class Probe implements NodeProbe {
        private final String path;
        private final ValueShape shape;

        private Probe(String path, ValueShape shape) {
            this.path = path;
            this.shape = shape;
        }

        @Override
        public boolean isPresent() {
            presences.add(path);
            return scenario.isPresent(path);
        }

        @Override
        public boolean is(NodeType type) {
            typed.add(path);
            return type() == type;
        }

        /** Objects unless told otherwise: readers that ask go on only with those. */
        private NodeType type() {
            return scenario.types().getOrDefault(path, NodeType.OBJECT);
        }

        @Override
        public DocumentTree tree() {
            typed.add(path);
            shape.lookedInto();
            var here = Position.UNKNOWN;
            return switch (type()) {
                case STRING -> new ScalarTree(here, ScalarType.STRING, "a");
                case INTEGER -> new ScalarTree(here, ScalarType.INTEGER, "1");
                case DECIMAL -> new ScalarTree(here, ScalarType.DECIMAL, "1.5");
                case BOOLEAN -> new ScalarTree(here, ScalarType.BOOLEAN, "true");
                case OBJECT -> new MapTree(here, List.of());
                case LIST -> new ListTree(here, List.of());
            };
        }

        /** Whether it passes for this type, as everything does that was not told a type. */
        private boolean passes(NodeType type) {
            boolean passes =
                    !scenario.types().containsKey(path) || scenario.types().get(path) == type;
            if (!passes) {
                refused.add(path);
            }
            return passes;
        }

        @Override
        public void required() {
            int end = path.lastIndexOf('/');
            required.computeIfAbsent(path.substring(0, Math.max(end, 0)), _ -> new TreeSet<>())
                    .add(path.substring(end + 1));
        }

        @Override
        public void wrongType() {
            refused.add(path);
        }

        @Override
        public void objectOf(Collection<String> known) {
            if (passes(NodeType.OBJECT)) {
                shape.object(new LinkedHashSet<>(known));
                required.computeIfAbsent(path, _ -> new TreeSet<>());
            }
        }

        @Override
        public NodeProbe field(String name) {
            return probe(path + "/" + name, shape.field(name));
        }

        @Override
        public NodeProbe item() {
            return probe(path + "/*", shape.item());
        }

        @Override
        public NodeProbe fields(int maxCount) {
            return probe(path + "/*", shape.additional(maxCount));
        }

        @Override
        public boolean items(int min, int max) {
            if (passes(NodeType.LIST)) {
                shape.list(min, max);
                return true;
            }
            return false;
        }

        @Override
        public Optional<String> string(int maxChars) {
            if (!passes(NodeType.STRING)) {
                return Optional.empty();
            }
            shape.text(maxChars);
            return scenario.hasValues() ? Optional.of("a") : Optional.empty();
        }

        @Override
        public Optional<Boolean> bool() {
            if (!passes(NodeType.BOOLEAN)) {
                return Optional.empty();
            }
            shape.accepts(NodeType.BOOLEAN);
            return scenario.hasValues() ? Optional.of(true) : Optional.empty();
        }

        @Override
        public Optional<Long> longIn(long min, long max) {
            if (!passes(NodeType.INTEGER)) {
                return Optional.empty();
            }
            shape.number(min, max);
            return scenario.hasValues() ? Optional.of(min) : Optional.empty();
        }

        @Override
        public Optional<Duration> duration(Duration min, Duration max) {
            if (!passes(NodeType.STRING)) {
                return Optional.empty();
            }
            shape.text(32);
            shape.form(Gep2257Duration.FORM);
            return scenario.hasValues() ? Optional.of(min) : Optional.empty();
        }

        @Override
        public Optional<String> oneOf(Collection<String> some) {
            if (!passes(NodeType.STRING)) {
                return Optional.empty();
            }
            var sorted = new TreeSet<>(some);
            words.put(path, sorted);
            shape.words(sorted);
            String word = scenario.words().getOrDefault(path, sorted.first());
            return scenario.hasValues() ? Optional.of(word) : Optional.empty();
        }

        @Override
        public void form(String pattern) {
            shape.form(pattern);
        }
    }
}
