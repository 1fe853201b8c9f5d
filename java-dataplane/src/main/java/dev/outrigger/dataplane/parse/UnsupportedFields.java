// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import dev.outrigger.dataplane.parse.FieldSupport.Content;
import dev.outrigger.dataplane.parse.Rejection.Kind;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Walks a message beside its table and reports every set field the table does not have, inside
 * nested messages and {@code Any}s too.
 */
final class UnsupportedFields {
    /** Deeper messages are refused rather than walked; Envoy's own messages stay far below. */
    private static final int MAX_DEPTH = 64;

    private static final int MAX_VALUE_CHARS = 80;

    private final UnknownFields unknownFields;
    private final List<Rejection> found = new ArrayList<>();

    /** The types of the messages around the one that is looked at, and its own. */
    private final ArrayDeque<String> types = new ArrayDeque<>();

    private UnsupportedFields(UnknownFields unknownFields) {
        this.unknownFields = unknownFields;
    }

    /**
     * Everything set in the message that its table does not list.
     *
     * @param unknownFields says which fields without a descriptor count too
     */
    static List<Rejection> find(
            Message message, SupportedFields table, UnknownFields unknownFields) {
        return find(WireMessage.of(message), table, unknownFields);
    }

    /** As {@link #find(Message, SupportedFields, UnknownFields)}. */
    static List<Rejection> find(
            WireMessage message, SupportedFields table, UnknownFields unknownFields) {
        var walk = new UnsupportedFields(unknownFields);
        walk.message(message, table, "", 0);
        return walk.found;
    }

    private void message(WireMessage message, SupportedFields table, String path, int depth) {
        if (depth > MAX_DEPTH) {
            add(Kind.INVALID, path, "", "nested deeper than " + MAX_DEPTH + " messages");
            return;
        }
        types.addLast(table.typeName());
        List<Integer> unknown =
                message.unknownFields().stream()
                        .filter(number -> !table.obeysNewer(number))
                        .sorted()
                        .toList();
        if (!unknown.isEmpty() && !unknownFields.accepts(String.join("::", types), unknown)) {
            for (int number : unknown) {
                String what = "unknown field " + number + " of " + table.typeName();
                add(Kind.UNKNOWN, path, "", what);
            }
        }
        for (FieldDescriptor field : message.fields()) {
            field(message, table, field, path, depth);
        }
        types.removeLast();
    }

    private void field(
            WireMessage parent,
            SupportedFields table,
            FieldDescriptor field,
            String path,
            int depth) {
        String here = FieldPaths.join(path, field.getName());
        var support = table.find(field);
        if (support.isEmpty()) {
            add(Kind.UNSUPPORTED, here, show(parent, field), "not supported by this proxy");
            return;
        }
        FieldSupport known = support.get();
        switch (known.content()) {
            case Content.Whole _ -> {}
            case Content.Only(var accepts) -> {
                if (!accepts.test(plain(parent.get(field)))) {
                    String shown = show(parent, field);
                    add(
                            Kind.UNSUPPORTED,
                            here,
                            shown,
                            shown + " is not supported by this proxy (" + known.note() + ")");
                }
            }
            case Content.Nested(var nested) ->
                    each(parent, field, here, (v, p) -> message(v, nested.get(), p, depth + 1));
            case Content.Extension(var types, boolean passesUnknown) ->
                    each(
                            parent,
                            field,
                            here,
                            (v, p) -> {
                                if (!extension(v, types, p, depth + 1) && !passesUnknown) {
                                    unknown(parent, v, p);
                                }
                            });
        }
    }

    private interface Visit {
        void visit(WireMessage value, String path);
    }

    private static void each(WireMessage parent, FieldDescriptor field, String path, Visit visit) {
        if (!field.isRepeated()) {
            visit.visit((WireMessage) parent.get(field), path);
            return;
        }
        for (int i = 0; i < parent.count(field); i++) {
            var element = (WireMessage) parent.get(field, i);
            if (field.isMapField()) {
                visit.visit(
                        (WireMessage) element.get("value"),
                        FieldPaths.key(path, element.get("key")));
            } else {
                visit.visit(element, FieldPaths.index(path, i));
            }
        }
    }

    /** Returns whether one of the types is this one. */
    private boolean extension(
            WireMessage any, List<Supplier<SupportedFields>> types, String path, int depth) {
        String url = typeUrl(any);
        String typeName = url.substring(url.lastIndexOf('/') + 1);
        for (var type : types) {
            SupportedFields table = type.get();
            if (table.typeName().equals(typeName)) {
                try {
                    message(
                            WireMessage.parse(table.message(), (ByteString) any.get("value")),
                            table,
                            path,
                            depth);
                } catch (InvalidProtocolBufferException e) {
                    add(
                            Kind.INVALID,
                            path,
                            typeName,
                            "Unable to unpack as " + typeName + ": " + e.getMessage());
                }
                return true;
            }
        }
        return false;
    }

    private void unknown(WireMessage parent, WireMessage any, String path) {
        String url = typeUrl(any);
        String typeName = url.substring(url.lastIndexOf('/') + 1);
        boolean onlySwitches = url.isEmpty() && parent.type().equals(FilterConfig.getDescriptor());
        if (!onlySwitches && !isOptional(parent)) {
            add(
                    Kind.UNKNOWN,
                    path,
                    typeName,
                    "Didn't find a registered implementation for '"
                            + nameOf(parent, path)
                            + "' with type URL: '"
                            + typeName
                            + "'");
        }
    }

    private static String typeUrl(WireMessage any) {
        return (String) any.get("type_url");
    }

    /** {@code is_optional} asks a client that lacks the extension to go on without it (XD12). */
    private static boolean isOptional(WireMessage parent) {
        return Boolean.TRUE.equals(parent.find("is_optional"));
    }

    private static String nameOf(WireMessage parent, String path) {
        // A map's key stands for the name, also where the value only wraps what is looked for.
        String keyed = path.endsWith("].config") ? path.substring(0, path.length() - 7) : path;
        if (keyed.endsWith("]")) {
            return keyed.substring(keyed.lastIndexOf('[') + 1, keyed.length() - 1);
        }
        return Objects.requireNonNullElse(parent.find("name"), "").toString();
    }

    private void add(Kind kind, String path, String value, String reason) {
        found.add(new Rejection(kind, path, value, reason));
    }

    /** What predicates are given: messages whole, anything else as it is. */
    private static Object plain(Object value) {
        return value instanceof WireMessage message ? message.whole() : value;
    }

    private static String show(WireMessage parent, FieldDescriptor field) {
        String text =
                field.isRepeated()
                        ? parent.count(field) + " entries"
                        : show(plain(parent.get(field)));
        return text.length() <= MAX_VALUE_CHARS ? text : text.substring(0, MAX_VALUE_CHARS) + "...";
    }

    private static String show(Object value) {
        return switch (value) {
            case EnumValueDescriptor e -> e.getName();
            case Message m when isWrapper(m) ->
                    String.valueOf(m.getField(m.getDescriptorForType().findFieldByName("value")));
            case Message m -> TextFormat.printer().emittingSingleLine(true).printToString(m);
            default -> value.toString();
        };
    }

    private static boolean isWrapper(Message message) {
        var type = message.getDescriptorForType();
        return type.getFile().getName().equals("google/protobuf/wrappers.proto");
    }
}
