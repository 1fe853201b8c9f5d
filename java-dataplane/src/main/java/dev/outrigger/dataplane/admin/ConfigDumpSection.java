// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One message of the dump. Its descriptor knows which fields it could have; the elements of
 * repeated ones are made when they are printed, one after the other.
 */
final class ConfigDumpSection {
    private static final Map<String, Descriptor> RESOURCES =
            Map.of(
                    "cluster", Cluster.getDescriptor(),
                    "listener", Listener.getDescriptor(),
                    "route_config", RouteConfiguration.getDescriptor(),
                    "endpoint_config", ClusterLoadAssignment.getDescriptor());

    private final Descriptor descriptor;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    ConfigDumpSection(Descriptor descriptor) {
        this.descriptor = descriptor;
        add("@type", new JsonPrimitive("type.googleapis.com/" + descriptor.getFullName()));
    }

    void add(String field, JsonElement value) {
        fields.put(field, value);
    }

    /** An empty list leaves the field out. */
    void add(String field, List<Supplier<JsonObject>> elements) {
        if (!elements.isEmpty()) {
            fields.put(field, elements);
        }
    }

    /** All of it at once. */
    JsonObject json() {
        var json = new JsonObject();
        for (String field : fields.keySet()) {
            json.add(field, value(field));
        }
        return json;
    }

    /** One field at once. */
    private JsonElement value(String field) {
        if (fields.get(field) instanceof JsonElement value) {
            return value;
        }
        var array = new JsonArray();
        elements(field).forEach(each -> array.add(each.get()));
        return array;
    }

    /** The elements of a repeated field. */
    @SuppressWarnings("unchecked") // What is no element was put in as such a list.
    List<Supplier<JsonObject>> elements(String field) {
        Object value = fields.get(field);
        return value == null || value instanceof JsonElement
                ? List.of()
                : (List<Supplier<JsonObject>>) value;
    }

    /** Puts what it is made of into a printer. */
    void print(JsonChunks.Printer into) {
        into.beginObject();
        fields.forEach((name, value) -> {
            if (value instanceof JsonElement element) {
                into.field(name, () -> element);
            } else {
                into.beginArray(name);
                elements(name).forEach(each -> into.element(each::get));
                into.endArray();
            }
        });
        into.endObject();
    }

    Set<String> fieldNames() {
        return names(descriptor);
    }

    boolean hasFields(List<String> paths) {
        return paths.stream().allMatch(this::hasField);
    }

    boolean isRepeated(String field) {
        return descriptor.findFieldByName(field).isRepeated();
    }

    String elementType(String field) {
        return "type.googleapis.com/" + element(field).getFullName();
    }

    /** Whether a mask's path leads somewhere in an element of a repeated field. */
    boolean elementHas(String field, String path) {
        return leadsSomewhere(element(field), path);
    }

    /** A mask goes through single messages only, as Envoy's does. */
    private static boolean leadsSomewhere(Descriptor from, String path) {
        Descriptor at = from;
        String[] parts = path.split("\\.");
        for (int i = 0; i < parts.length; i++) {
            FieldDescriptor part = at.findFieldByName(parts[i]);
            if (part == null) {
                return false;
            }
            boolean last = i == parts.length - 1;
            if (!last
                    && (part.isRepeated()
                            || part.getJavaType() != FieldDescriptor.JavaType.MESSAGE)) {
                return false;
            }
            if (!last) {
                // What a packed resource holds is told by the name of its field.
                at = RESOURCES.getOrDefault(parts[i], part.getMessageType());
            }
        }
        return true;
    }

    private boolean hasField(String path) {
        return leadsSomewhere(descriptor, path);
    }

    private Descriptor element(String field) {
        return descriptor.findFieldByName(field).getMessageType();
    }

    private static Set<String> names(Descriptor descriptor) {
        return descriptor.getFields().stream()
                .map(FieldDescriptor::getName)
                .collect(Collectors.toSet());
    }
}
