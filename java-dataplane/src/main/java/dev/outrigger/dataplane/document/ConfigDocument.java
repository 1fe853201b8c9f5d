// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * A YAML or JSON text as a tree that still knows its positions, and the JSON it stands for.
 *
 * <p>Limits: 32 Mi characters, 100 levels, 50 aliases of collections, two million values.
 */
public final class ConfigDocument {
    private static final int MAX_CODE_POINTS = 32 * 1024 * 1024;
    private static final int MAX_DEPTH = 100;
    private static final int MAX_ALIASES = 50;
    private static final int MAX_NODES = 2_000_000;

    private final Node root;
    private final boolean json;

    private ConfigDocument(Node root, boolean json) {
        this.root = root;
        this.json = json;
    }

    /** Reads YAML; empty when there is nothing in it. */
    public static Optional<ConfigDocument> yaml(String text) throws ConfigException {
        return compose(text).map(root -> new ConfigDocument(root, false));
    }

    /** Reads JSON, strictly; the same tree serves, JSON being YAML. */
    public static Optional<ConfigDocument> json(String text) throws ConfigException {
        try (var reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            reader.skipValue();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new ConfigException("JSON: more than one value");
            }
        } catch (IOException | JsonParseException | IllegalStateException e) {
            throw new ConfigException(
                    "Unable to parse JSON as proto (INVALID_ARGUMENT: " + e.getMessage() + ")", e);
        }
        return compose(text).map(root -> new ConfigDocument(root, true));
    }

    private static Optional<Node> compose(String text) throws ConfigException {
        var settings =
                LoadSettings.builder()
                        .setCodePointLimit(MAX_CODE_POINTS)
                        .setMaxAliasesForCollections(MAX_ALIASES)
                        .setUseMarks(true)
                        .build();
        try {
            var parser = new ParserImpl(settings, new StreamReader(settings, text));
            var composer = new Composer(settings, new ShallowParser(parser));
            // Envoy looks at the first document only.
            Optional<Node> root =
                    composer.hasNext() ? Optional.of(composer.next()) : Optional.empty();
            if (root.isPresent()) {
                new SizeCheck().visit(root.get(), 0);
            }
            return root;
        } catch (TooDeep e) {
            throw new ConfigException(String.valueOf(e.getMessage()), e);
        } catch (MarkedYamlEngineException e) {
            String where =
                    e.getProblemMark()
                            .map(m ->
                                    "error at line "
                                            + (m.getLine() + 1)
                                            + ", column "
                                            + (m.getColumn() + 1)
                                            + ": ")
                            .orElse("");
            throw new ConfigException("yaml-cpp: " + where + e.getProblem(), e);
        } catch (YamlEngineException e) {
            throw new ConfigException("yaml-cpp: " + e.getMessage(), e);
        }
    }

    /** Ends composing, which recurses, before it is too deep. */
    private static final class ShallowParser implements Parser {
        private final Parser parser;
        private int depth;

        ShallowParser(Parser parser) {
            this.parser = parser;
        }

        @Override
        public boolean checkEvent(Event.ID choice) {
            return parser.checkEvent(choice);
        }

        @Override
        public Event peekEvent() {
            return parser.peekEvent();
        }

        @Override
        public boolean hasNext() {
            return parser.hasNext();
        }

        @Override
        public Event next() {
            Event event = parser.next();
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                throw new TooDeep(
                        event.getStartMark().map(m -> "line " + (m.getLine() + 1)).orElse("?")
                                + ": nested deeper than "
                                + MAX_DEPTH
                                + " levels");
            }
            return event;
        }
    }

    private static final class TooDeep extends YamlEngineException {
        private static final long serialVersionUID = 1;

        TooDeep(String message) {
            super(message);
        }
    }

    /** The tree with its aliases followed; also ends on an alias to an enclosing collection. */
    private static final class SizeCheck {
        private int nodes;

        void visit(Node node, int depth) throws ConfigException {
            if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
                throw new ConfigException(
                        position(node)
                                + ": nested deeper than "
                                + MAX_DEPTH
                                + " levels or larger than "
                                + MAX_NODES
                                + " values");
            }
            switch (node) {
                case MappingNode mapping -> {
                    for (var tuple : mapping.getValue()) {
                        visit(tuple.getValueNode(), depth + 1);
                    }
                }
                case SequenceNode sequence -> {
                    for (Node element : sequence.getValue()) {
                        visit(element, depth + 1);
                    }
                }
                default -> {}
            }
        }
    }

    Node root() {
        return root;
    }

    /** {@code line:column}, both from 1. */
    static String position(Node node) {
        return node.getStartMark()
                .map(m -> (m.getLine() + 1) + ":" + (m.getColumn() + 1))
                .orElse("?");
    }

    public JsonElement toJson() {
        return toJson(root);
    }

    JsonElement toJson(Node node) {
        return switch (node) {
            case MappingNode mapping -> {
                var object = new JsonObject();
                mapping.getValue()
                        .forEach(t -> object.add(key(t.getKeyNode()), toJson(t.getValueNode())));
                yield object;
            }
            case SequenceNode sequence -> {
                var array = new JsonArray();
                sequence.getValue().forEach(e -> array.add(toJson(e)));
                yield array;
            }
            case ScalarNode scalar ->
                    switch (scalar(scalar)) {
                        case YamlScalar.Null _ -> JsonNull.INSTANCE;
                        case YamlScalar.Bool(var value) -> new JsonPrimitive(value);
                        case YamlScalar.Int(var value) -> whole(scalar, value);
                        case YamlScalar.Text(var value) -> text(scalar, value);
                    };
            default -> JsonNull.INSTANCE;
        };
    }

    /** What the scalar is; JSON knows only true, false, null and its own numbers. */
    YamlScalar scalar(ScalarNode node) {
        if (json
                && node.getScalarStyle() == ScalarStyle.PLAIN
                && node.getValue().matches("-?0\\d.*")) {
            return new YamlScalar.Text(node.getValue());
        }
        return YamlScalar.of(node);
    }

    /** In YAML a number that takes more than 32 bits is text as well. */
    private JsonPrimitive whole(ScalarNode node, long value) {
        if (json && value == 0) {
            return zero(node.getValue());
        }
        return json || value == (int) value
                ? new JsonPrimitive(value)
                : new JsonPrimitive(Long.toString(value));
    }

    /** A JSON number with a fraction stays a number; in YAML it is text, as Envoy has it. */
    private JsonElement text(ScalarNode node, String value) {
        if (json && node.getScalarStyle() == ScalarStyle.PLAIN) {
            var number = new BigDecimal(value);
            return number.signum() == 0 ? zero(value) : new JsonPrimitive(number);
        }
        return new JsonPrimitive(value);
    }

    /** Zero keeps its sign, which structs hand on. */
    private static JsonPrimitive zero(String value) {
        return value.startsWith("-") ? new JsonPrimitive(-0.0) : new JsonPrimitive(0);
    }

    boolean isNull(Node node) {
        return node instanceof ScalarNode scalar && scalar(scalar) instanceof YamlScalar.Null;
    }

    static String key(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }
}
