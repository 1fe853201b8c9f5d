// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.outrigger.dataplane.document.ConfigDocument;
import dev.outrigger.dataplane.document.ConfigException;
import dev.outrigger.dataplane.document.DocumentReader;
import dev.outrigger.dataplane.document.StructJson;
import dev.outrigger.dataplane.parse.FieldSupport.Content;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Extensions configured by a {@code TypedStruct}: a type URL and a JSON object in its place. Each
 * becomes the message it names before anybody reads the resource, so that no parser has to know of
 * them. One inside another is not opened, and neither are those that {@link
 * SupportedFields#takesMessagesOnly} names, as in Envoy.
 */
final class TypedStructs {
    /** Both messages have the same fields. */
    private static final Set<String> NAMES =
            Set.of("xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct");

    private static final byte[] WORD = "TypedStruct".getBytes(StandardCharsets.US_ASCII);

    /** As deep as {@link UnsupportedFields} looks, which refuses what is deeper. */
    private static final int MAX_DEPTH = 64;

    private static final DocumentReader READER =
            new DocumentReader(SupportedTables::extensionType, SupportedTables::extensionTypes);

    private final Findings findings;

    private TypedStructs(Findings findings) {
        this.findings = findings;
    }

    static boolean isOne(String typeName) {
        return NAMES.contains(typeName);
    }

    /** The types themselves, for who reads or prints what an {@code Any} holds. */
    static List<Descriptor> types() {
        return List.of(
                TypedStruct.getDescriptor(),
                com.github.udpa.udpa.type.v1.TypedStruct.getDescriptor());
    }

    /**
     * The same message with messages in the place of structs; what does not fit is a finding.
     *
     * @param table of the message
     */
    static <M extends Message> M resolve(M message, SupportedFields table, Findings findings) {
        ByteString bytes = message.toByteString();
        if (!mentions(bytes)) {
            return message;
        }
        try {
            var whole = DynamicMessage.parseFrom(table.message(), bytes);
            var resolved = new TypedStructs(findings).message(whole, table, "", 0);
            @SuppressWarnings("unchecked") // a message's parser makes messages of its class
            M same = (M) message.getParserForType().parseFrom(resolved.toByteString());
            return same;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(table.typeName() + ": was parsed before", e);
        }
    }

    /** Most resources do not, and are not looked at any closer. */
    private static boolean mentions(ByteString bytes) {
        for (int i = 0; i <= bytes.size() - WORD.length; i++) {
            int same = 0;
            while (same < WORD.length && bytes.byteAt(i + same) == WORD[same]) {
                same++;
            }
            if (same == WORD.length) {
                return true;
            }
        }
        return false;
    }

    private DynamicMessage message(
            DynamicMessage message, SupportedFields table, String path, int depth)
            throws InvalidProtocolBufferException {
        if (depth > MAX_DEPTH) {
            return message;
        }
        var resolved = message.toBuilder();
        for (FieldSupport support : table.fields()) {
            FieldDescriptor field = table.message().findFieldByName(support.name());
            String here = FieldPaths.join(path, support.name());
            switch (support.content()) {
                case Content.Whole _, Content.Only _ -> {}
                case Content.Nested(var nested) ->
                        each(
                                resolved,
                                field,
                                here,
                                (value, at) -> message(value, nested.get(), at, depth + 1));
                case Content.Extension(var types, boolean _) ->
                        each(
                                resolved,
                                field,
                                here,
                                (value, at) ->
                                        any(
                                                value,
                                                types,
                                                !table.takesMessagesOnly(),
                                                at,
                                                depth + 1));
            }
        }
        return resolved.build();
    }

    private interface Change {
        DynamicMessage apply(DynamicMessage value, String path)
                throws InvalidProtocolBufferException;
    }

    private static void each(
            DynamicMessage.Builder parent, FieldDescriptor field, String path, Change change)
            throws InvalidProtocolBufferException {
        if (!field.isRepeated()) {
            if (parent.hasField(field)) {
                var value = (DynamicMessage) parent.getField(field);
                parent.setField(field, change.apply(value, path));
            }
            return;
        }
        for (int i = 0; i < parent.getRepeatedFieldCount(field); i++) {
            var element = (DynamicMessage) parent.getRepeatedField(field, i);
            if (field.isMapField()) {
                FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
                FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
                var held = (DynamicMessage) element.getField(value);
                String at = FieldPaths.key(path, element.getField(key));
                element = element.toBuilder().setField(value, change.apply(held, at)).build();
            } else {
                element = change.apply(element, FieldPaths.index(path, i));
            }
            parent.setRepeatedField(field, i, element);
        }
    }

    private DynamicMessage any(
            DynamicMessage any,
            List<Supplier<SupportedFields>> types,
            boolean takesStructs,
            String path,
            int depth)
            throws InvalidProtocolBufferException {
        FieldDescriptor urlField = any.getDescriptorForType().findFieldByName("type_url");
        FieldDescriptor valueField = any.getDescriptorForType().findFieldByName("value");
        var bytes = (ByteString) any.getField(valueField);
        String name = typeName((String) any.getField(urlField));
        if (!isOne(name)) {
            Optional<SupportedFields> table = find(types, name);
            if (table.isEmpty() || !mentions(bytes)) {
                return any;
            }
            return any.toBuilder()
                    .setField(valueField, within(bytes, table.get(), path, depth))
                    .build();
        }
        if (!takesStructs) {
            return any;
        }
        TypedStruct struct;
        try {
            struct = TypedStruct.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            findings.invalid(path, name, "Unable to unpack as " + name + ": " + e.getMessage());
            return any;
        }
        String held = typeName(struct.getTypeUrl());
        Optional<SupportedFields> table = find(types, held);
        ByteString converted = ByteString.EMPTY;
        if (table.isPresent()) {
            converted = converted(struct, table.get(), path);
            converted = within(converted, table.get(), path, depth);
        }
        if (held.equals(FilterConfig.getDescriptor().getFullName())) {
            // Looked for by its own type URL alone.
            findings.unknown(
                    path,
                    held,
                    "Didn't find a registered implementation for '"
                            + FieldPaths.lastKey(path)
                            + "' with type URL: '"
                            + held
                            + "'");
        }
        return any.toBuilder()
                .setField(urlField, held.isEmpty() ? "" : "type.googleapis.com/" + held)
                .setField(valueField, converted)
                .build();
    }

    /** Structs inside what an {@code Any} holds. */
    private ByteString within(ByteString bytes, SupportedFields table, String path, int depth)
            throws InvalidProtocolBufferException {
        if (!mentions(bytes)) {
            return bytes;
        }
        DynamicMessage held;
        try {
            held = DynamicMessage.parseFrom(table.message(), bytes);
        } catch (InvalidProtocolBufferException e) {
            return bytes; // is reported when it is read
        }
        return message(held, table, path, depth).toByteString();
    }

    private ByteString converted(TypedStruct struct, SupportedFields table, String path) {
        try {
            ConfigDocument document =
                    ConfigDocument.json(StructJson.of(struct.getValue())).orElseThrow();
            return ByteString.copyFrom(
                    READER.read(
                            document,
                            table.message(),
                            findings.context().unknownFields()::acceptsNamed));
        } catch (ConfigException e) {
            findings.invalid(path, table.typeName(), String.valueOf(e.getMessage()));
            return ByteString.EMPTY;
        }
    }

    private static Optional<SupportedFields> find(
            List<Supplier<SupportedFields>> types, String name) {
        return types.stream()
                .map(Supplier::get)
                .filter(each -> each.typeName().equals(name))
                .findFirst();
    }

    private static String typeName(String typeUrl) {
        return typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
    }
}
