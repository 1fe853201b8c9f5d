// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.xdsresources;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.DocumentTree;
import dev.outrigger.policy.document.NearestName;
import dev.outrigger.policy.document.TreeJson;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.xdsresources.XdsResourceCheck;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks a raw resource against Envoy's protobuf schema: every unknown field, every unknown type,
 * the first value of the wrong kind, and then every broken constraint, each where it stands.
 * Stateless, any thread.
 */
public final class XdsResourceSchema implements XdsResourceCheck {
    private static final String TYPE = "@type";
    private static final int MAX_FIELDS = 10_000;
    private static final int MAX_ITEMS = 100_000;

    @Override
    public void check(String typeUrl, DocumentNode resource) {
        var type = NamedTypes.find(typeUrl);
        if (type.isEmpty()) {
            unknownType(resource, typeUrl);
            return;
        }
        if (!structure(resource, type.get())) {
            return; // Values are worth looking at once every field is one.
        }
        var types = RawResources.typesIn(json(resource));
        if (parse(resource, Any.getDescriptor(), types).isPresent()) {
            values(resource, Any.getDescriptor(), types);
        } else {
            ConstraintCheck.check(resource, any(resource, types));
        }
    }

    private static Any any(DocumentNode resource, TypeRegistry types) {
        try {
            var any = Any.newBuilder();
            JsonFormat.parser().usingTypeRegistry(types).merge(json(resource), any);
            return any.build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("it could be parsed before", e);
        }
    }

    /** Whether every field and every packed type below is known. */
    private static boolean structure(DocumentNode node, Descriptor type) {
        if (!node.isMap()) {
            return true; // Not a structure; the parser will say what it should be.
        }
        if (type.equals(Any.getDescriptor())) {
            return packed(node);
        }
        if (isWellKnown(type)) {
            return true; // Has a JSON form of its own.
        }
        boolean clean = true;
        var fields = fields(type);
        for (DocumentNode.Field field : node.fields(MAX_FIELDS)) {
            var descriptor = fields.get(field.name());
            if (descriptor != null) {
                for (Child child : children(field.value(), descriptor)) {
                    clean &= structure(child.node(), child.type());
                }
            } else if (!field.name().equals(TYPE)) {
                clean = false;
                field.key()
                        .violate(
                                ViolationCode.UNKNOWN_FIELD,
                                type.getFullName()
                                        + " has no field '"
                                        + field.name()
                                        + "'."
                                        + NearestName.hint(
                                                field.name(), names(type, field.name())));
            }
        }
        return clean;
    }

    private static boolean packed(DocumentNode node) {
        if (node.isMap() && node.fields(MAX_FIELDS).isEmpty()) {
            return true; // Nothing of any type, which JSON may say.
        }
        var named = node.field(TYPE);
        var typeUrl = named.required().string(500);
        if (typeUrl.isEmpty()) {
            return false;
        }
        var type = NamedTypes.find(typeUrl.get());
        if (type.isEmpty()) {
            unknownType(named, typeUrl.get());
            return false;
        }
        return structure(node, type.get());
    }

    private static void unknownType(DocumentNode node, String typeUrl) {
        node.violate(
                ViolationCode.XDS_RESOURCE,
                "Unknown type '" + typeUrl + "' (expected: an Envoy v3 type).");
    }

    /** Records the innermost value that cannot be parsed. */
    private static void values(DocumentNode node, Descriptor type, TypeRegistry types) {
        if (type.equals(Any.getDescriptor())) {
            var inner = node.field(TYPE).string(500).flatMap(NamedTypes::find);
            if (inner.isPresent() && !isWellKnown(inner.get())) {
                values(node, inner.get(), types);
                return;
            }
        }
        if (node.isMap() && !isWellKnown(type)) {
            var fields = fields(type);
            for (DocumentNode.Field field : node.fields(MAX_FIELDS)) {
                var descriptor = fields.get(field.name());
                if (descriptor != null && value(field, descriptor, type, types)) {
                    return;
                }
            }
        }
        parse(node, type, types).ifPresent(why -> node.violate(ViolationCode.XDS_RESOURCE, why));
    }

    /** Whether the field was at fault, and has been recorded. */
    private static boolean value(
            DocumentNode.Field field,
            FieldDescriptor descriptor,
            Descriptor type,
            TypeRegistry types) {
        for (Child child : children(field.value(), descriptor)) {
            if (parse(child.node(), child.type(), types).isPresent()) {
                values(child.node(), child.type(), types);
                return true;
            }
        }
        var alone = "{\"" + descriptor.getJsonName() + "\":" + json(field.value()) + "}";
        var why = parse(alone, type, types);
        why.ifPresent(detail -> field.value().violate(ViolationCode.XDS_RESOURCE, detail));
        return why.isPresent();
    }

    /** The messages directly in a field: one, a list's, or a map's values. */
    private static List<Child> children(DocumentNode value, FieldDescriptor field) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return List.of();
        }
        if (field.isMapField()) {
            var entry = field.getMessageType().findFieldByName("value");
            return entry == null
                            || entry.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                            || !value.isMap()
                    ? List.of()
                    : value.fields(MAX_FIELDS).stream()
                            .map(item -> new Child(item.value(), entry.getMessageType()))
                            .toList();
        }
        if (field.isRepeated()) {
            return isList(value)
                    ? value.items(0, MAX_ITEMS).stream()
                            .map(item -> new Child(item, field.getMessageType()))
                            .toList()
                    : List.of();
        }
        return List.of(new Child(value, field.getMessageType()));
    }

    private static boolean isList(DocumentNode node) {
        return node.tree().filter(DocumentTree.ListTree.class::isInstance).isPresent();
    }

    /** Both notations proto3 JSON has. */
    private static Map<String, FieldDescriptor> fields(Descriptor type) {
        var fields = new HashMap<String, FieldDescriptor>();
        for (FieldDescriptor field : type.getFields()) {
            fields.put(field.getName(), field);
            fields.put(field.getJsonName(), field);
        }
        return fields;
    }

    /** In the notation the author uses. */
    private static List<String> names(Descriptor type, String like) {
        boolean proto = like.indexOf('_') >= 0;
        return type.getFields().stream()
                .map(field -> proto ? field.getName() : field.getJsonName())
                .toList();
    }

    private static boolean isWellKnown(Descriptor type) {
        return type.getFile().getPackage().equals("google.protobuf");
    }

    private static Optional<String> parse(DocumentNode node, Descriptor type, TypeRegistry types) {
        return parse(json(node), type, types);
    }

    /** Why the text is not such a message; empty when it is. */
    private static Optional<String> parse(String json, Descriptor type, TypeRegistry types) {
        try {
            JsonFormat.parser()
                    .usingTypeRegistry(types)
                    .merge(json, DynamicMessage.newBuilder(type));
            return Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.of("Is no " + type.getFullName() + ": " + e.getMessage());
        }
    }

    private static String json(DocumentNode node) {
        return node.tree().map(TreeJson::write).orElse("null");
    }

    private record Child(DocumentNode node, Descriptor type) {}
}
