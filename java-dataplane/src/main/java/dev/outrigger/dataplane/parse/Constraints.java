// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import dev.outrigger.dataplane.parse.Rejection.Kind;
import io.envoyproxy.pgv.validate.Validate.FieldRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks a message against the {@code validate.rules} its descriptors carry, as Envoy's generated
 * validators do and in their words ({@code ClusterValidationError.Name: value length must be at
 * least 1 characters}). Envoy stops at the first failure; here all are listed. {@code Any}s are not
 * opened: the parser that unpacks one checks it.
 */
final class Constraints {
    private static final int MAX_DEPTH = 64;

    private final Kind kind;
    private final List<Rejection> found = new ArrayList<>();

    private Constraints(Kind kind) {
        this.kind = kind;
    }

    /**
     * Everything in the message that breaks a constraint.
     *
     * @param kind {@link Kind#CONSTRAINT} for a resource's own message, {@link Kind#INVALID} for
     *     one unpacked from inside it
     */
    static List<Rejection> check(Message message, Kind kind) {
        return check(WireMessage.of(message), kind);
    }

    /** As {@link #check(Message, Kind)}. */
    static List<Rejection> check(WireMessage message, Kind kind) {
        var walk = new Constraints(kind);
        walk.message(message, "", "", 0);
        return walk.found;
    }

    private void message(WireMessage message, String path, String chain, int depth) {
        if (depth > MAX_DEPTH) {
            found.add(
                    new Rejection(
                            Kind.INVALID,
                            path,
                            "",
                            "nested deeper than " + MAX_DEPTH + " messages"));
            return;
        }
        MessageRules rules = MessageRules.of(message.type());
        if (rules.isDisabled()) {
            return;
        }
        List<FieldDescriptor> fields = message.type().getFields();
        for (int i = 0; i < fields.size(); i++) {
            FieldDescriptor field = fields.get(i);
            if (rules.has(i) || (field.getJavaType() == JavaType.MESSAGE && message.has(field))) {
                field(message, field, rules.of(i), path, chain, depth);
            }
        }
        for (OneofDescriptor oneof : rules.requiredOneofs()) {
            if (!message.hasOneof(oneof)) {
                report(
                        FieldPaths.join(path, oneof.getName()),
                        "",
                        chain + "field: \"" + oneof.getName() + "\", reason: is required");
            }
        }
    }

    private void field(
            WireMessage message,
            FieldDescriptor field,
            FieldRules rules,
            String path,
            String chain,
            int depth) {
        String here = FieldPaths.join(path, field.getName());
        String name = chain + message.type().getName() + "ValidationError.";
        if (field.isMapField()) {
            map(message, field, rules, here, name, depth);
        } else if (field.isRepeated()) {
            repeated(message, field, rules, here, name, depth);
        } else if (field.getJavaType() == JavaType.MESSAGE) {
            if (message.has(field)) {
                value(message.get(field), field, rules, here, name + pascal(field), depth);
            } else if (isRequired(rules) && field.getRealContainingOneof() == null) {
                report(here, "", name + pascal(field) + ": value is required");
            }
        } else if (field.getRealContainingOneof() == null || message.has(field)) {
            value(message.get(field), field, rules, here, name + pascal(field), depth);
        }
    }

    private static boolean isRequired(FieldRules rules) {
        return rules.getMessage().getRequired()
                || rules.getDuration().getRequired()
                || rules.getTimestamp().getRequired()
                || rules.getAny().getRequired();
    }

    private void map(
            WireMessage message,
            FieldDescriptor field,
            FieldRules rules,
            String here,
            String name,
            int depth) {
        int entries = message.count(field);
        if (rules.hasMap() && rules.getMap().getMinPairs() > entries) {
            report(
                    here,
                    entries + " entries",
                    name
                            + pascal(field)
                            + ": value must contain at least "
                            + rules.getMap().getMinPairs()
                            + " pair(s)");
        }
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        for (int i = 0; i < entries; i++) {
            var entry = (WireMessage) message.get(field, i);
            Object keyValue = entry.get(key);
            String at = FieldPaths.key(here, keyValue);
            String indexed = name + pascal(field) + "[" + keyValue + "]";
            value(keyValue, key, rules.getMap().getKeys(), at, indexed, depth);
            value(entry.get(value), value, rules.getMap().getValues(), at, indexed, depth);
        }
    }

    private void repeated(
            WireMessage message,
            FieldDescriptor field,
            FieldRules rules,
            String here,
            String name,
            int depth) {
        List<?> elements = message.elements(field);
        if (rules.hasRepeated()) {
            ScalarRules.count(rules.getRepeated(), elements)
                    .ifPresent(r ->
                            report(
                                    here,
                                    elements.size() + " items",
                                    name + pascal(field) + ": " + r));
        }
        for (int i = 0; i < elements.size(); i++) {
            value(
                    message.get(field, i),
                    field,
                    rules.getRepeated().getItems(),
                    FieldPaths.index(here, i),
                    name + pascal(field) + "[" + i + "]",
                    depth);
        }
    }

    private void value(
            Object value,
            FieldDescriptor field,
            FieldRules rules,
            String path,
            String name,
            int depth) {
        Optional<String> broken = ScalarRules.check(rules, field, value);
        if (broken.isPresent()) {
            report(
                    path,
                    value instanceof WireMessage ? "" : value.toString(),
                    name + ": " + broken.get());
        }
        if (value instanceof WireMessage nested && !rules.getMessage().getSkip()) {
            message(
                    nested,
                    path,
                    name + ": embedded message failed validation | caused by ",
                    depth + 1);
        }
    }

    private void report(String path, String value, String chain) {
        found.add(
                new Rejection(
                        kind, path, value, "Proto constraint validation failed (" + chain + ")"));
    }

    /** {@code port_value} is PortValue in Envoy's texts. */
    private static String pascal(FieldDescriptor field) {
        var out = new StringBuilder();
        for (String word : field.getName().split("_")) {
            if (!word.isEmpty()) {
                out.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
            }
        }
        return out.toString();
    }
}
