// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import java.lang.reflect.InvocationTargetException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Messages of Envoy's API as they are written in YAML, packed for the wire. */
public final class TypedYaml {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TYPE_URL = Pattern.compile("\"@type\":\"([^\"]*)\"");
    private static final Map<String, String> JAVA_PREFIXES =
            Map.of(
                    "envoy", "io.envoyproxy.",
                    "xds", "com.github.",
                    "udpa", "com.github.udpa.",
                    "google", "com.");

    private TypedYaml() {}

    /** What a document is: maps, lists, texts, numbers. */
    public static @Nullable Object load(String yaml) {
        return new Load(LoadSettings.builder().setSchema(new CoreSchema()).build())
                .loadFromString(yaml);
    }

    /**
     * A tree as a message of this type. Fields that the API we are built with does not know are
     * left out, as a proxy does with those it does not know.
     *
     * @param tree a map, as {@link #load} gives it
     * @throws IllegalArgumentException if it is none of that type, or names a type nobody knows
     */
    public static Any pack(String typeUrl, Map<?, ?> tree) {
        var typed = new LinkedHashMap<Object, Object>();
        typed.put("@type", typeUrl);
        typed.putAll(tree);
        try {
            var json = JSON.writeValueAsString(typed);
            var any = Any.newBuilder();
            JsonFormat.parser()
                    .usingTypeRegistry(typesIn(json))
                    .ignoringUnknownFields()
                    .merge(json, any);
            return any.build();
        } catch (JsonProcessingException | InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static TypeRegistry typesIn(String json) {
        var registry = TypeRegistry.newBuilder();
        TYPE_URL.matcher(json)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .forEach(url -> registry.add(descriptor(url)));
        return registry.build();
    }

    private static Descriptor descriptor(String url) {
        var name = url.substring(url.lastIndexOf('/') + 1);
        var prefix = JAVA_PREFIXES.getOrDefault(name.split("\\.", 2)[0], "");
        try {
            return (Descriptor)
                    Class.forName(prefix + name)
                            .asSubclass(Message.class)
                            .getMethod("getDescriptor")
                            .invoke(null);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IllegalArgumentException("no message type: " + url, e);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("getDescriptor of a generated message: " + url, e);
        }
    }
}
