// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.document;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Writes a document without a fault as the bytes of its message, in one pass and without reflection
 * on generated classes. Whatever is wrong with a document, or rare in one (bytes, timestamps, field
 * masks, wrapped well-known types, numbers in text with a fraction), gives nothing: then {@link
 * DescriptorCheck} and protobuf's own converter decide, and find the words.
 */
final class ConfigEncoder {
    private static final Set<String> RARE =
            Set.of(
                    "google.protobuf.Struct",
                    "google.protobuf.Value",
                    "google.protobuf.ListValue",
                    "google.protobuf.FieldMask",
                    "google.protobuf.Timestamp",
                    "google.protobuf.Empty");

    private static final int MAX_NANOS_DIGITS = 9;

    /** protobuf's own limit, ten thousand years. */
    private static final long MAX_SECONDS = 315_576_000_000L;

    private final ConfigDocument document;
    private final Function<String, Optional<Descriptor>> extensions;

    private ConfigEncoder(
            ConfigDocument document, Function<String, Optional<Descriptor>> extensions) {
        this.document = document;
        this.extensions = extensions;
    }

    /**
     * The message's bytes; empty when the document has to be looked at more closely.
     *
     * @param extensions what an {@code Any} may hold, by full name
     */
    static Optional<byte[]> encode(
            ConfigDocument document,
            Descriptor type,
            Function<String, Optional<Descriptor>> extensions) {
        try {
            var encoder = new ConfigEncoder(document, extensions);
            return Optional.of(encoder.message(document.root(), type, ""));
        } catch (NotPlain e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Not a failure: somebody else decides. */
    private static final class NotPlain extends Exception {
        private static final long serialVersionUID = 1;

        NotPlain() {
            super("", null, false, false);
        }
    }

    private static NotPlain notPlain() {
        return new NotPlain();
    }

    /**
     * @param skip a key that is none of the message's, or empty
     */
    private byte[] message(Node node, Descriptor type, String skip) throws IOException, NotPlain {
        if (!(node instanceof MappingNode mapping)) {
            throw notPlain();
        }
        // By number, as protobuf writes them: a packed message is compared by its bytes.
        var values = new TreeMap<FieldDescriptor, Node>();
        Set<Object> seen = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = ConfigDocument.key(tuple.getKeyNode());
            if (!skip.isEmpty() && key.equals(skip)) {
                continue;
            }
            FieldDescriptor field = DescriptorCheck.find(type, key);
            if (field == null || !seen.add(field)) {
                throw notPlain();
            }
            Node value = tuple.getValueNode();
            if (isNull(value)) {
                continue;
            }
            OneofDescriptor oneof = field.getRealContainingOneof();
            if (oneof != null && !seen.add(oneof)) {
                throw notPlain();
            }
            values.put(field, value);
        }
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes, 256);
        for (var each : values.entrySet()) {
            field(out, each.getValue(), each.getKey());
        }
        out.flush();
        return bytes.toByteArray();
    }

    private void field(CodedOutputStream out, Node node, FieldDescriptor field)
            throws IOException, NotPlain {
        if (field.isMapField()) {
            map(out, node, field);
        } else if (!field.isRepeated()) {
            value(out, node, field);
        } else if (node instanceof SequenceNode sequence) {
            for (Node element : sequence.getValue()) {
                if (isNull(element)) {
                    throw notPlain();
                }
                value(out, element, field);
            }
        } else {
            // One element without its brackets.
            value(out, node, field);
        }
    }

    private void map(CodedOutputStream out, Node node, FieldDescriptor field)
            throws IOException, NotPlain {
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        if (!(node instanceof MappingNode mapping) || key.getJavaType() != JavaType.STRING) {
            throw notPlain();
        }
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = ConfigDocument.key(tuple.getKeyNode());
            if (isNull(tuple.getValueNode()) || !seen.add(name)) {
                throw notPlain();
            }
            var bytes = new ByteArrayOutputStream();
            var entry = CodedOutputStream.newInstance(bytes, 128);
            entry.writeString(1, plain(name));
            value(entry, tuple.getValueNode(), value);
            entry.flush();
            out.writeByteArray(field.getNumber(), bytes.toByteArray());
        }
    }

    private void value(CodedOutputStream out, Node node, FieldDescriptor field)
            throws IOException, NotPlain {
        if (field.getJavaType() == JavaType.MESSAGE) {
            out.writeByteArray(field.getNumber(), nested(node, field.getMessageType()));
        } else if (node instanceof ScalarNode scalar) {
            scalar(out, scalar, field);
        } else {
            throw notPlain();
        }
    }

    private byte[] nested(Node node, Descriptor type) throws IOException, NotPlain {
        String name = type.getFullName();
        if (!name.startsWith("google.protobuf.")) {
            return message(node, type, "");
        }
        if (RARE.contains(name)) {
            throw notPlain();
        }
        if (name.equals("google.protobuf.Any")) {
            return any(node);
        }
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes, 32);
        if (name.equals("google.protobuf.Duration") && node instanceof MappingNode) {
            return message(node, type, "");
        }
        if (name.equals("google.protobuf.Duration")) {
            duration(out, node);
        } else if (type.getFields().size() == 1 && name.endsWith("Value")) {
            value(out, node, type.getFields().getFirst());
        } else {
            throw notPlain();
        }
        out.flush();
        return bytes.toByteArray();
    }

    private byte[] any(Node node) throws IOException, NotPlain {
        if (!(node instanceof MappingNode mapping)) {
            throw notPlain();
        }
        String url = "";
        for (NodeTuple tuple : mapping.getValue()) {
            if (ConfigDocument.key(tuple.getKeyNode()).equals("@type")) {
                if (!url.isEmpty() || !(tuple.getValueNode() instanceof ScalarNode)) {
                    throw notPlain();
                }
                url = ConfigDocument.key(tuple.getValueNode());
            }
        }
        int slash = url.lastIndexOf('/');
        String name = url.substring(slash + 1);
        if (slash < 0 || name.startsWith("google.protobuf.")) {
            throw notPlain();
        }
        Descriptor type = extensions.apply(name).orElseThrow(ConfigEncoder::notPlain);
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes, 256);
        out.writeString(1, plain(url));
        out.writeByteArray(2, message(node, type, "@type"));
        out.flush();
        return bytes.toByteArray();
    }

    private void scalar(CodedOutputStream out, ScalarNode node, FieldDescriptor field)
            throws IOException, NotPlain {
        YamlScalar value = document.scalar(node);
        int number = field.getNumber();
        boolean always = field.hasPresence() || field.isRepeated();
        switch (field.getType()) {
            case STRING -> {
                String text = text(value);
                if (always || !text.isEmpty()) {
                    out.writeString(number, text);
                }
            }
            case BOOL -> {
                if (!(value instanceof YamlScalar.Bool(var flag))) {
                    throw notPlain();
                }
                if (always || flag) {
                    out.writeBool(number, flag);
                }
            }
            case ENUM -> {
                int chosen = enumeration(value, field).getNumber();
                if (always || chosen != 0) {
                    out.writeEnum(number, chosen);
                }
            }
            case UINT32, INT32, UINT64, INT64, DOUBLE, FLOAT -> {
                long whole = whole(value, field.getType());
                if (always || whole != 0) {
                    whole(out, field, whole);
                }
            }
            case BYTES, FIXED32, FIXED64, SFIXED32, SFIXED64, SINT32, SINT64, GROUP, MESSAGE ->
                    throw notPlain();
        }
    }

    private static void whole(CodedOutputStream out, FieldDescriptor field, long value)
            throws IOException, NotPlain {
        int number = field.getNumber();
        switch (field.getType()) {
            case UINT32 -> out.writeUInt32(number, (int) value);
            case INT32 -> out.writeInt32(number, (int) value);
            case UINT64 -> out.writeUInt64(number, value);
            case INT64 -> out.writeInt64(number, value);
            case DOUBLE -> out.writeDouble(number, (double) value);
            case FLOAT -> out.writeFloat(number, (float) value);
            case BOOL,
                    STRING,
                    ENUM,
                    BYTES,
                    FIXED32,
                    FIXED64,
                    SFIXED32,
                    SFIXED64,
                    SINT32,
                    SINT64,
                    GROUP,
                    MESSAGE ->
                    throw notPlain();
        }
    }

    private static String text(YamlScalar value) throws NotPlain {
        if (!(value instanceof YamlScalar.Text(var text))) {
            throw notPlain();
        }
        return plain(text);
    }

    private static EnumValueDescriptor enumeration(YamlScalar value, FieldDescriptor field)
            throws NotPlain {
        EnumValueDescriptor found = field.getEnumType().findValueByName(text(value));
        if (found == null) {
            throw notPlain();
        }
        return found;
    }

    private static long whole(YamlScalar value, FieldDescriptor.Type type) throws NotPlain {
        if (!(value instanceof YamlScalar.Int(var number))) {
            throw notPlain();
        }
        boolean fits =
                switch (type) {
                    case UINT32 -> number >= 0 && number <= 0xffff_ffffL;
                    case INT32 -> number == (int) number;
                    case UINT64 -> number >= 0;
                    case INT64 -> true;
                    case DOUBLE -> Math.abs(number) <= 1L << 53;
                    case FLOAT -> Math.abs(number) <= 1L << 24;
                    case BOOL,
                            STRING,
                            ENUM,
                            BYTES,
                            FIXED32,
                            FIXED64,
                            SFIXED32,
                            SFIXED64,
                            SINT32,
                            SINT64,
                            GROUP,
                            MESSAGE ->
                            false;
                };
        if (!fits) {
            throw notPlain();
        }
        return number;
    }

    private void duration(CodedOutputStream out, Node node) throws IOException, NotPlain {
        if (!(node instanceof ScalarNode scalar)) {
            throw notPlain();
        }
        String text = text(document.scalar(scalar));
        int end = text.length() - 1;
        int dot = text.indexOf('.');
        int wholeEnd = dot < 0 ? end : dot;
        int fraction = dot < 0 ? 0 : end - dot - 1;
        if (end < 1
                || text.charAt(end) != 's'
                || wholeEnd > 12
                || (dot >= 0 && (fraction < 1 || fraction > MAX_NANOS_DIGITS))) {
            throw notPlain();
        }
        long seconds = digits(text, 0, wholeEnd);
        int nanos = dot < 0 ? 0 : (int) digits(text, dot + 1, end);
        for (int i = fraction; i < MAX_NANOS_DIGITS; i++) {
            nanos *= 10;
        }
        if (seconds > MAX_SECONDS) {
            throw notPlain();
        }
        if (seconds != 0) {
            out.writeInt64(1, seconds);
        }
        if (nanos != 0) {
            out.writeInt32(2, nanos);
        }
    }

    private static long digits(String text, int from, int to) throws NotPlain {
        long number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw notPlain();
            }
            number = number * 10 + (c - '0');
        }
        if (from == to) {
            throw notPlain();
        }
        return number;
    }

    /** Half a surrogate pair cannot be written as UTF-8. */
    private static String plain(String text) throws NotPlain {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                throw notPlain();
            }
        }
        return text;
    }

    private boolean isNull(Node node) {
        return node instanceof ScalarNode scalar
                && document.scalar(scalar) instanceof YamlScalar.Null;
    }
}
