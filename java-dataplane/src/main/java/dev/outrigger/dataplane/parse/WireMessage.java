// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A message as its bytes and its descriptor say, one level deep: messages inside stay bytes until
 * somebody looks. The walks over whole configurations read this instead of generated classes, whose
 * reflection lists every method of a class before the first field, and instead of {@link
 * DynamicMessage}, which holds all levels at once. Not thread safe.
 */
final class WireMessage {
    private final Descriptor type;
    private final ByteString bytes;
    private final Map<FieldDescriptor, Object> values = new HashMap<>();
    private final Set<Integer> unknown = new TreeSet<>();

    private WireMessage(Descriptor type, ByteString bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    static WireMessage of(Message message) {
        // A generated message's own getDescriptorForType also prepares its reflection.
        Descriptor type =
                message instanceof DynamicMessage
                        ? message.getDescriptorForType()
                        : MessageTypes.descriptorOf(message.getClass());
        return known(type, message.toByteString());
    }

    /**
     * Reads one level.
     *
     * @throws InvalidProtocolBufferException when the bytes are not of this shape
     */
    static WireMessage parse(Descriptor type, ByteString bytes)
            throws InvalidProtocolBufferException {
        var message = new WireMessage(type, bytes);
        CodedInputStream in = bytes.newCodedInput();
        in.enableAliasing(true);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                message.read(in, tag);
            }
        } catch (InvalidProtocolBufferException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidProtocolBufferException(e);
        }
        return message;
    }

    /** Of bytes that were parsed before. */
    private static WireMessage known(Descriptor type, ByteString bytes) {
        try {
            return parse(type, bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(type.getFullName() + ": was parsed before", e);
        }
    }

    Descriptor type() {
        return type;
    }

    /** Numbers of fields the descriptor does not have. */
    Set<Integer> unknownFields() {
        return unknown;
    }

    /** As {@link Message#hasField}, and for lists whether there is an element. */
    boolean has(FieldDescriptor field) {
        Object value = values.get(field);
        return value != null
                && (field.isRepeated()
                        || field.hasPresence()
                        || !value.equals(field.getDefaultValue()));
    }

    boolean hasOneof(OneofDescriptor oneof) {
        return oneof.getFields().stream().anyMatch(values::containsKey);
    }

    /** The fields that are set, in the order of their numbers. */
    List<FieldDescriptor> fields() {
        return type.getFields().stream().filter(this::has).sorted().toList();
    }

    /**
     * What the field holds, or its default: boxed scalars, text, bytes, enum values, and this class
     * for messages.
     */
    Object get(FieldDescriptor field) {
        Object value = values.get(field);
        if (field.getJavaType() == JavaType.MESSAGE) {
            return known(
                    field.getMessageType(), value == null ? ByteString.EMPTY : (ByteString) value);
        }
        return value == null ? field.getDefaultValue() : value;
    }

    /** The field of this name. */
    Object get(String field) {
        return get(type.findFieldByName(field));
    }

    boolean has(String field) {
        return has(type.findFieldByName(field));
    }

    /** How many elements a repeated field has. */
    int count(FieldDescriptor field) {
        return elements(field).size();
    }

    /** One element of a repeated field. */
    Object get(FieldDescriptor field, int index) {
        Object element = elements(field).get(index);
        return field.getJavaType() == JavaType.MESSAGE
                ? known(field.getMessageType(), (ByteString) element)
                : element;
    }

    /** The elements; messages as their bytes. */
    List<?> elements(FieldDescriptor field) {
        Object value = values.get(field);
        return value == null ? List.of() : (List<?>) value;
    }

    /** Every level at once, for printing and comparing. */
    DynamicMessage whole() {
        try {
            return DynamicMessage.parseFrom(type, bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(type.getFullName() + ": was parsed before", e);
        }
    }

    private void read(CodedInputStream in, int tag) throws IOException {
        int number = WireFormat.getTagFieldNumber(tag);
        FieldDescriptor field = type.findFieldByNumber(number);
        int wireType = WireFormat.getTagWireType(tag);
        if (field == null) {
            unknown.add(number);
            in.skipField(tag);
        } else if (field.isPackable() && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            int limit = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                put(field, value(in, field));
            }
            in.popLimit(limit);
        } else if (wireType == field.getLiteType().getWireType()) {
            put(field, value(in, field));
        } else {
            unknown.add(number);
            in.skipField(tag);
        }
    }

    @SuppressWarnings("unchecked") // only this method puts lists
    private void put(FieldDescriptor field, Object value) {
        if (field.isRepeated()) {
            ((List<Object>) values.computeIfAbsent(field, _ -> new ArrayList<>())).add(value);
            return;
        }
        Object before = values.put(field, value);
        if (before != null && field.getJavaType() == JavaType.MESSAGE) {
            // Merging two messages is what parsing one after the other gives.
            values.put(field, ((ByteString) before).concat((ByteString) value));
        }
        OneofDescriptor oneof = field.getRealContainingOneof();
        if (oneof != null) {
            oneof.getFields().stream().filter(f -> !f.equals(field)).forEach(values::remove);
        }
    }

    private static Object value(CodedInputStream in, FieldDescriptor field) throws IOException {
        return switch (field.getType()) {
            case DOUBLE -> in.readDouble();
            case FLOAT -> in.readFloat();
            case INT64 -> in.readInt64();
            case UINT64 -> in.readUInt64();
            case INT32 -> in.readInt32();
            case FIXED64 -> in.readFixed64();
            case FIXED32 -> in.readFixed32();
            case BOOL -> in.readBool();
            case STRING -> in.readString();
            case MESSAGE, BYTES -> in.readBytes();
            case UINT32 -> in.readUInt32();
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(in.readEnum());
            case SFIXED32 -> in.readSFixed32();
            case SFIXED64 -> in.readSFixed64();
            case SINT32 -> in.readSInt32();
            case SINT64 -> in.readSInt64();
            case GROUP ->
                    throw new InvalidProtocolBufferException(field.getFullName() + ": a group");
        };
    }

    /** The value inside a wrapper such as UInt32Value; anything else as it is. */
    static Object unwrap(Object value) {
        return value instanceof WireMessage wrapper ? wrapper.get("value") : value;
    }

    /** For lookups that may fail. */
    @Nullable Object find(String field) {
        FieldDescriptor found = type.findFieldByName(field);
        return found == null ? null : get(found);
    }
}
