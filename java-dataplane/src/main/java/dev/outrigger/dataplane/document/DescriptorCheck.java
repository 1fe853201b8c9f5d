// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Compares a document with a message's descriptor before it is converted, so that every unknown
 * field and every value of a wrong type is named at once, with its path and position. Envoy names
 * the first.
 */
final class DescriptorCheck {
    private static final Pattern DURATION = Pattern.compile("-?\\d{1,12}(\\.\\d{1,9})?s");
    static final String ANY = "google.protobuf.Any";
    static final String DURATION_TYPE = "google.protobuf.Duration";

    /** Messages whose JSON is not an object of their fields. */
    static final Set<String> FREE_FORM =
            Set.of(
                    "google.protobuf.Struct",
                    "google.protobuf.Value",
                    "google.protobuf.ListValue",
                    "google.protobuf.FieldMask",
                    "google.protobuf.Timestamp",
                    "google.protobuf.Empty");

    static final Set<String> WRAPPERS =
            Set.of(
                    "google.protobuf.BoolValue",
                    "google.protobuf.StringValue",
                    "google.protobuf.BytesValue",
                    "google.protobuf.Int32Value",
                    "google.protobuf.Int64Value",
                    "google.protobuf.UInt32Value",
                    "google.protobuf.UInt64Value",
                    "google.protobuf.FloatValue",
                    "google.protobuf.DoubleValue");

    /**
     * One thing wrong with the document.
     *
     * @param unknownField whether the only fault is a name the descriptor does not have
     */
    record Problem(String path, String position, String text, boolean unknownField) {}

    private final ConfigDocument document;
    private final Map<String, Descriptor> extensions;
    private final List<Problem> problems = new ArrayList<>();

    private DescriptorCheck(ConfigDocument document, Map<String, Descriptor> extensions) {
        this.document = document;
        this.extensions = extensions;
    }

    /**
     * @param extensions what an {@code Any} may hold, by full name
     */
    static List<Problem> check(
            ConfigDocument document, Descriptor type, Map<String, Descriptor> extensions) {
        var check = new DescriptorCheck(document, extensions);
        check.message(document.root(), type, "");
        return check.problems;
    }

    private void message(Node node, Descriptor type, String path) {
        String name = type.getFullName();
        if (FREE_FORM.contains(name)) {
            return;
        }
        if (WRAPPERS.contains(name)) {
            if (node instanceof MappingNode mapping) {
                // Envoy takes the message's own field as well.
                fields(mapping, type, path, Set.of());
            } else {
                value(node, type.findFieldByName("value"), path);
            }
        } else if (name.equals(DURATION_TYPE)) {
            duration(node, path);
        } else if (!(node instanceof MappingNode mapping)) {
            wrong(node, path, "message " + name, "'{'");
        } else if (name.equals(ANY)) {
            any(mapping, path);
        } else {
            fields(mapping, type, path, Set.of());
        }
    }

    private void any(MappingNode mapping, String path) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (!ConfigDocument.key(tuple.getKeyNode()).equals("@type")) {
                continue;
            }
            String url = ConfigDocument.key(tuple.getValueNode());
            Descriptor type = extensions.get(url.substring(url.lastIndexOf('/') + 1));
            if (type == null) {
                add(tuple.getValueNode(), path, "could not find @type '" + url + "'", false);
            } else {
                fields(mapping, type, path, Set.of("@type"));
            }
            return;
        }
        if (!mapping.getValue().isEmpty()) {
            add(mapping, path, "missing @type", false);
        }
    }

    private void fields(MappingNode mapping, Descriptor type, String path, Set<String> skip) {
        for (NodeTuple tuple : mapping.getValue()) {
            String key = ConfigDocument.key(tuple.getKeyNode());
            if (!skip.contains(key) && find(type, key) == null) {
                add(
                        tuple.getKeyNode(),
                        join(path, key),
                        "no such field: '" + key + "' in message " + type.getFullName(),
                        true);
            }
        }
        Set<Object> oneofs = new HashSet<>();
        entries(mapping, type)
                .forEach((field, tuple) -> {
                    Node value = tuple.getValueNode();
                    if (document.isNull(value) && !isValue(field)) {
                        return;
                    }
                    if (field.getRealContainingOneof() != null
                            && !oneofs.add(field.getRealContainingOneof())) {
                        add(
                                tuple.getKeyNode(),
                                join(path, ConfigDocument.key(tuple.getKeyNode())),
                                "multiple values for oneof '"
                                        + field.getRealContainingOneof().getName()
                                        + "'",
                                false);
                    }
                    field(value, field, join(path, field.getName()));
                });
    }

    /**
     * What a mapping says of the fields of a message. Of a key that is there twice the last one
     * counts, and of the two names of a field the one of the schema, as in Envoy.
     */
    static Map<FieldDescriptor, NodeTuple> entries(MappingNode mapping, Descriptor type) {
        Map<FieldDescriptor, NodeTuple> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = ConfigDocument.key(tuple.getKeyNode());
            FieldDescriptor field = find(type, key);
            if (field == null) {
                continue;
            }
            NodeTuple before = entries.get(field);
            if (before == null
                    || key.equals(field.getName())
                    || !ConfigDocument.key(before.getKeyNode()).equals(field.getName())) {
                entries.put(field, tuple);
            }
        }
        return entries;
    }

    /** By its name in the schema or in JSON. */
    static @Nullable FieldDescriptor find(Descriptor type, String key) {
        FieldDescriptor byName = type.findFieldByName(key);
        if (byName != null) {
            return byName;
        }
        return type.getFields().stream()
                .filter(f -> f.getJsonName().equals(key))
                .findFirst()
                .orElse(null);
    }

    private void field(Node node, FieldDescriptor field, String path) {
        if (field.isMapField()) {
            map(node, field, path);
        } else if (!field.isRepeated()) {
            value(node, field, path);
        } else if (node instanceof SequenceNode sequence) {
            for (int i = 0; i < sequence.getValue().size(); i++) {
                value(sequence.getValue().get(i), field, path + "[" + i + "]");
            }
        } else {
            // Envoy takes one element without its brackets.
            value(node, field, path);
        }
    }

    private void map(Node node, FieldDescriptor field, String path) {
        if (!(node instanceof MappingNode mapping)) {
            wrong(node, path, "map", "'{'");
            return;
        }
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        for (NodeTuple tuple : mapping.getValue()) {
            String key = ConfigDocument.key(tuple.getKeyNode());
            value(tuple.getValueNode(), value, path + "[" + key + "]");
        }
    }

    private void value(Node node, FieldDescriptor field, String path) {
        if (field.getJavaType() == JavaType.MESSAGE) {
            message(node, field.getMessageType(), path);
            return;
        }
        if (!(node instanceof ScalarNode scalar)) {
            wrong(
                    node,
                    path,
                    kind(field),
                    field.getJavaType() == JavaType.STRING ? "'\"'" : "a value");
            return;
        }
        YamlScalar value = document.scalar(scalar);
        switch (field.getJavaType()) {
            case STRING, BYTE_STRING -> {
                if (!(value instanceof YamlScalar.Text)) {
                    wrong(node, path, kind(field), "'\"'");
                }
            }
            case BOOLEAN -> {
                boolean isBool =
                        value instanceof YamlScalar.Bool
                                || (value instanceof YamlScalar.Text(var text)
                                        && Spelling.bool(text).isPresent());
                if (!isBool) {
                    wrong(node, path, kind(field), "true or false");
                }
            }
            case ENUM -> enumeration(scalar, value, field, path);
            case INT, LONG, FLOAT, DOUBLE -> number(scalar, value, field, path);
            case MESSAGE -> {}
        }
    }

    private void enumeration(
            ScalarNode node, YamlScalar value, FieldDescriptor field, String path) {
        if (value instanceof YamlScalar.Int) {
            return;
        }
        if (!(value instanceof YamlScalar.Text(var text))) {
            wrong(node, path, kind(field), "'\"'");
        } else if (Spelling.enumeration(field.getEnumType(), text).isEmpty()) {
            add(node, path, "unknown enum value: '" + text + "'", false);
        }
    }

    private void number(ScalarNode node, YamlScalar value, FieldDescriptor field, String path) {
        boolean isWhole =
                field.getJavaType() == JavaType.INT || field.getJavaType() == JavaType.LONG;
        String text = node.getValue();
        try {
            BigDecimal number =
                    switch (value) {
                        case YamlScalar.Int(var v) -> BigDecimal.valueOf(v);
                        case YamlScalar.Text(var v) ->
                                Spelling.number(v)
                                        .orElseThrow(() -> new NumberFormatException(text));
                        case YamlScalar.Bool _, YamlScalar.Null _ ->
                                throw new NumberFormatException(text);
                    };
            if (isWhole && !fits(number.toBigIntegerExact(), field)) {
                add(node, path, kind(field) + ": number out of range: '" + text + "'", false);
            }
        } catch (ArithmeticException | NumberFormatException e) {
            if (isWhole || !Set.of("NaN", "Infinity", "-Infinity").contains(text)) {
                add(node, path, kind(field) + ": invalid number: '" + text + "'", false);
            }
        }
    }

    private static boolean fits(BigInteger number, FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, FIXED32 -> number.signum() >= 0 && number.bitLength() <= 32;
            case UINT64, FIXED64 -> number.signum() >= 0 && number.bitLength() <= 64;
            case INT32, SINT32, SFIXED32 -> number.bitLength() <= 31;
            case INT64, SINT64, SFIXED64 -> number.bitLength() <= 63;
            case DOUBLE, FLOAT, BOOL, STRING, GROUP, MESSAGE, BYTES, ENUM -> true;
        };
    }

    private void duration(Node node, String path) {
        if (node instanceof MappingNode mapping) {
            // Envoy takes the message's own fields as well.
            fields(mapping, com.google.protobuf.Duration.getDescriptor(), path, Set.of());
            return;
        }
        boolean isText =
                node instanceof ScalarNode scalar
                        && document.scalar(scalar) instanceof YamlScalar.Text;
        if (!isText) {
            wrong(node, path, "message google.protobuf.Duration", "'\"'");
        } else if (!DURATION.matcher(((ScalarNode) node).getValue()).matches()) {
            add(
                    node,
                    path,
                    "message google.protobuf.Duration: invalid duration '"
                            + ((ScalarNode) node).getValue()
                            + "', expected seconds such as 0.25s",
                    false);
        }
    }

    static boolean isValue(FieldDescriptor field) {
        return field.getJavaType() == JavaType.MESSAGE
                && field.getMessageType().getFullName().equals("google.protobuf.Value");
    }

    private static String kind(FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE, GROUP -> "message " + field.getMessageType().getFullName();
            case ENUM -> "enum " + field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
    }

    private void wrong(Node node, String path, String kind, String expected) {
        String found =
                switch (node) {
                    case MappingNode _ -> "'{'";
                    case SequenceNode _ -> "'['";
                    case ScalarNode scalar -> "'" + scalar.getValue() + "'";
                    default -> "something else";
                };
        add(node, path, kind + ": unexpected " + found + "; expected " + expected, false);
    }

    private void add(Node node, String path, String text, boolean unknownField) {
        problems.add(new Problem(path, ConfigDocument.position(node), text, unknownField));
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
