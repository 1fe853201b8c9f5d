// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.xdsresources;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Envoy's messages as proto3 JSON in Envoy's field names, with what is packed in them. */
public final class ResourceJson {
    private static final Descriptor ANY = Any.getDescriptor();

    private ResourceJson() {}

    /** On several lines; a message of a type we do not have makes the text say so. */
    public static String write(Message message) {
        var types = new HashSet<Descriptor>();
        collect(message, types);
        try {
            return JsonFormat.printer()
                    .preservingProtoFieldNames()
                    .usingTypeRegistry(NamedTypes.registryOf(types))
                    .print(message);
        } catch (InvalidProtocolBufferException e) {
            return "{\"unprintable\": \"" + message.getDescriptorForType().getFullName() + "\"}";
        }
    }

    private static void collect(Message message, Set<Descriptor> types) {
        // What was packed in something that was packed itself is an Any by its descriptor only.
        if (message.getDescriptorForType().getFullName().equals(ANY.getFullName())) {
            unpack(
                    (String) message.getField(field(message, "type_url")),
                    (ByteString) message.getField(field(message, "value")),
                    types);
            return;
        }
        for (var field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            if (field.getValue() instanceof List<?> list) {
                list.forEach(item -> collect((Message) item, types));
            } else {
                collect((Message) field.getValue(), types);
            }
        }
    }

    private static FieldDescriptor field(Message any, String name) {
        return Objects.requireNonNull(any.getDescriptorForType().findFieldByName(name), name);
    }

    private static void unpack(String typeUrl, ByteString value, Set<Descriptor> types) {
        var found = NamedTypes.find(typeUrl);
        if (found.isEmpty()) {
            return;
        }
        types.add(found.get());
        try {
            collect(DynamicMessage.parseFrom(found.get(), value), types);
        } catch (InvalidProtocolBufferException _) {
            // Printing will say so.
        }
    }
}
