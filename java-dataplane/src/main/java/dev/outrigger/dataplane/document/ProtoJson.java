// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Duration;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A document in the spelling that protobuf's own converter knows: Envoy's takes more (enumerations
 * in any case, durations and wrapped values as messages, numbers and booleans in quotes). Only for
 * documents that {@link DescriptorCheck} has nothing against; what it does not know is left out.
 */
final class ProtoJson {
    private static final String TYPE = "@type";

    private final ConfigDocument document;
    private final Map<String, Descriptor> extensions;

    private ProtoJson(ConfigDocument document, Map<String, Descriptor> extensions) {
        this.document = document;
        this.extensions = extensions;
    }

    /**
     * @param extensions what an {@code Any} may hold, by full name
     */
    static JsonElement of(
            ConfigDocument document, Descriptor type, Map<String, Descriptor> extensions) {
        return new ProtoJson(document, extensions).message(document.root(), type);
    }

    private JsonElement message(Node node, Descriptor type) {
        String name = type.getFullName();
        if (DescriptorCheck.FREE_FORM.contains(name)) {
            return document.toJson(node);
        }
        if (DescriptorCheck.WRAPPERS.contains(name)) {
            return wrapped(node, type.findFieldByName("value"));
        }
        if (name.equals(DescriptorCheck.DURATION_TYPE)) {
            return node instanceof MappingNode mapping
                    ? new JsonPrimitive(duration(mapping))
                    : document.toJson(node);
        }
        return node instanceof MappingNode mapping
                ? object(mapping, name.equals(DescriptorCheck.ANY) ? held(mapping) : type)
                : new JsonObject();
    }

    private JsonElement wrapped(Node node, FieldDescriptor value) {
        if (!(node instanceof MappingNode mapping)) {
            return value(node, value);
        }
        NodeTuple said = DescriptorCheck.entries(mapping, value.getContainingType()).get(value);
        return said == null ? JsonNull.INSTANCE : value(said.getValueNode(), value);
    }

    /** What an {@code Any} holds; {@code null} where nothing says so. */
    private @Nullable Descriptor held(MappingNode mapping) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (ConfigDocument.key(tuple.getKeyNode()).equals(TYPE)) {
                String url = ConfigDocument.key(tuple.getValueNode());
                return extensions.get(url.substring(url.lastIndexOf('/') + 1));
            }
        }
        return null;
    }

    private JsonObject object(MappingNode mapping, @Nullable Descriptor type) {
        var object = new JsonObject();
        for (NodeTuple tuple : mapping.getValue()) {
            if (ConfigDocument.key(tuple.getKeyNode()).equals(TYPE)) {
                object.add(TYPE, document.toJson(tuple.getValueNode()));
            }
        }
        if (type != null) {
            DescriptorCheck.entries(mapping, type)
                    .forEach((field, tuple) -> {
                        Node value = tuple.getValueNode();
                        if (!document.isNull(value) || DescriptorCheck.isValue(field)) {
                            object.add(field.getName(), field(value, field));
                        }
                    });
        }
        return object;
    }

    private JsonElement field(Node node, FieldDescriptor field) {
        if (field.isMapField()) {
            return map(node, field.getMessageType().findFieldByNumber(2));
        }
        if (!field.isRepeated()) {
            return value(node, field);
        }
        var array = new JsonArray();
        if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(each -> array.add(value(each, field)));
        } else {
            array.add(value(node, field));
        }
        return array;
    }

    private JsonElement map(Node node, FieldDescriptor value) {
        var object = new JsonObject();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                object.add(
                        ConfigDocument.key(tuple.getKeyNode()), value(tuple.getValueNode(), value));
            }
        }
        return object;
    }

    private JsonElement value(Node node, FieldDescriptor field) {
        if (field.getJavaType() == JavaType.MESSAGE) {
            return message(node, field.getMessageType());
        }
        if (!(node instanceof ScalarNode scalar)
                || !(document.scalar(scalar) instanceof YamlScalar.Text(var text))) {
            return document.toJson(node);
        }
        return switch (field.getJavaType()) {
            case STRING, BYTE_STRING, MESSAGE -> new JsonPrimitive(text);
            case BOOLEAN ->
                    Spelling.bool(text).map(JsonPrimitive::new).orElse(new JsonPrimitive(text));
            case ENUM ->
                    Spelling.enumeration(field.getEnumType(), text)
                            .map(JsonPrimitive::new)
                            .orElse(new JsonPrimitive(text));
            case INT, LONG ->
                    Spelling.number(text)
                            .map(number -> new JsonPrimitive(number.toBigIntegerExact()))
                            .orElse(new JsonPrimitive(text));
            case FLOAT, DOUBLE ->
                    Spelling.number(text).map(JsonPrimitive::new).orElse(new JsonPrimitive(text));
        };
    }

    /** The message's own fields as the text that stands for it. */
    private String duration(MappingNode mapping) {
        var seconds = BigDecimal.ZERO;
        var type = Duration.getDescriptor();
        for (var entry : DescriptorCheck.entries(mapping, type).entrySet()) {
            var number = number(entry.getValue().getValueNode());
            boolean nanos = entry.getKey().getNumber() == Duration.NANOS_FIELD_NUMBER;
            seconds = seconds.add(nanos ? number.movePointLeft(9) : number);
        }
        return seconds.toPlainString() + 's';
    }

    private BigDecimal number(Node node) {
        return node instanceof ScalarNode scalar
                ? switch (document.scalar(scalar)) {
                    case YamlScalar.Int(var value) -> BigDecimal.valueOf(value);
                    case YamlScalar.Text(var text) -> Spelling.number(text).orElse(BigDecimal.ZERO);
                    case YamlScalar.Bool _, YamlScalar.Null _ -> BigDecimal.ZERO;
                }
                : BigDecimal.ZERO;
    }
}
