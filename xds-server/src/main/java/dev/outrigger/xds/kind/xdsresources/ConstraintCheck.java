// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.xdsresources;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import io.envoyproxy.pgv.validate.Validate;
import io.envoyproxy.pgv.validate.Validate.FieldRules;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Holds a raw resource against the constraints that Envoy's API states beside its fields, also in
 * the messages packed inside: Envoy would refuse what breaks one. Each is reported where it stands,
 * or would have to. What Envoy checks beyond them, it alone can say. Stateless, any thread.
 */
final class ConstraintCheck {
    /** The parser of protobuf's JSON allows no more. */
    private static final int MAX_DEPTH = 100;

    private static final int MAX_ITEMS = 100_000;

    private ConstraintCheck() {}

    /** Records violations of a resource that could be parsed. */
    static void check(DocumentNode node, Any resource) {
        packed(node, resource, 0);
    }

    private static void packed(DocumentNode node, Message any, int depth) {
        var type = any.getDescriptorForType();
        var url = (String) any.getField(type.findFieldByName("type_url"));
        var bytes = (com.google.protobuf.ByteString) any.getField(type.findFieldByName("value"));
        var inner = NamedTypes.find(url);
        if (inner.isEmpty() || isWellKnown(inner.get())) {
            return;
        }
        try {
            message(node, DynamicMessage.parseFrom(inner.get(), bytes), depth);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("what was written by protobuf itself", e);
        }
    }

    private static boolean isWellKnown(com.google.protobuf.Descriptors.Descriptor type) {
        return type.getFile().getPackage().equals("google.protobuf");
    }

    private static void message(DocumentNode node, Message message, int depth) {
        var type = message.getDescriptorForType();
        boolean isUnruled =
                type.getOptions().getExtension(Validate.disabled)
                        || type.getOptions().getExtension(Validate.ignored);
        if (isUnruled || depth > MAX_DEPTH) {
            return;
        }
        for (FieldDescriptor field : type.getFields()) {
            field(place(node, field), message, field, depth);
        }
        for (OneofDescriptor oneof : type.getRealOneofs()) {
            if (oneof.getOptions().getExtension(Validate.required) && !message.hasOneof(oneof)) {
                violate(
                        node,
                        oneof.getFields().stream()
                                .map(FieldDescriptor::getName)
                                .collect(Collectors.joining(", ", "one of ", "")));
            }
        }
    }

    /** A field has two names in JSON. */
    private static DocumentNode place(DocumentNode node, FieldDescriptor field) {
        var other = node.field(field.getJsonName());
        return other.isPresent() ? other : node.field(field.getName());
    }

    private static void field(
            DocumentNode node, Message message, FieldDescriptor field, int depth) {
        FieldRules rules = ValueRules.of(field);
        if (field.isMapField()) {
            map(node, message, field, rules, depth);
        } else if (field.isRepeated()) {
            var items = (List<?>) message.getField(field);
            ValueRules.broken(rules.getRepeated(), items)
                    .ifPresent(expected -> violate(node, expected));
            for (int i = 0; i < Math.min(items.size(), MAX_ITEMS); i++) {
                value(node.item(i), items.get(i), rules.getRepeated().getItems(), depth);
            }
        } else if (field.getJavaType() == JavaType.MESSAGE) {
            if (message.hasField(field)) {
                value(node, message.getField(field), rules, depth);
            } else if (ValueRules.isRequired(rules) && field.getRealContainingOneof() == null) {
                violate(node, "a value");
            }
        } else if (field.getRealContainingOneof() == null || message.hasField(field)) {
            value(node, message.getField(field), rules, depth);
        }
    }

    private static void map(
            DocumentNode node,
            Message message,
            FieldDescriptor field,
            FieldRules rules,
            int depth) {
        var entries = (List<?>) message.getField(field);
        var type = field.getMessageType();
        if (rules.getMap().getMinPairs() > entries.size()) {
            violate(node, "at least " + rules.getMap().getMinPairs() + " field(s)");
        }
        for (Object entry : entries) {
            var key = ((Message) entry).getField(type.findFieldByName("key"));
            var at = node.field(String.valueOf(key));
            ValueRules.broken(rules.getMap().getKeys(), key)
                    .ifPresent(expected -> violate(at, "a name of " + expected));
            value(
                    at,
                    ((Message) entry).getField(type.findFieldByName("value")),
                    rules.getMap().getValues(),
                    depth);
        }
    }

    private static void value(DocumentNode node, Object value, FieldRules rules, int depth) {
        ValueRules.broken(rules, value).ifPresent(expected -> violate(node, expected));
        if (value instanceof Message nested && !rules.getMessage().getSkip()) {
            if (nested.getDescriptorForType().equals(Any.getDescriptor())) {
                packed(node, nested, depth + 1);
            } else if (!isWellKnown(nested.getDescriptorForType())) {
                message(node, nested, depth + 1);
            }
        }
    }

    private static void violate(DocumentNode node, String expected) {
        node.violate(
                ViolationCode.XDS_RESOURCE,
                "Envoy would refuse this (expected: " + expected + ").");
    }
}
