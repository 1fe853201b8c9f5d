// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.document.ConfigException;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import java.util.List;
import java.util.TreeSet;

/** {@code /runtime} and {@code /runtime_modify}. */
final class RuntimePaths {
    private static final String USAGE =
            """
            usage: /runtime_modify?key1=value1&key2=value2&keyN=valueN
                   or send the parameters as form values
            use an empty value to remove a previously added override\
            """;

    private final RuntimeLayers runtime;

    RuntimePaths(RuntimeLayers runtime) {
        this.runtime = runtime;
    }

    AdminResponse show() {
        RuntimeSnapshot snapshot = runtime.snapshot();
        List<RuntimeSnapshot.Layer> layers = snapshot.layers();
        var names = new JsonArray();
        layers.forEach(layer -> names.add(layer.name()));
        var entries = new JsonObject();
        for (String key : new TreeSet<>(snapshot.values().keySet())) {
            entries.add(key, entry(key, layers));
        }
        var json = new JsonObject();
        json.add("layers", names);
        json.add("entries", entries);
        return AdminResponse.json(AdminJson.print(json));
    }

    private static JsonObject entry(String key, List<RuntimeSnapshot.Layer> layers) {
        var values = new JsonArray();
        String last = "";
        for (RuntimeSnapshot.Layer layer : layers) {
            RuntimeValue value = layer.values().get(key);
            values.add(value == null ? "" : value.text());
            last = value == null ? last : value.text();
        }
        var entry = new JsonObject();
        entry.add("layer_values", values);
        entry.addProperty("final_value", last);
        return entry;
    }

    AdminResponse modify(Query query) {
        if (query.parameters().isEmpty()) {
            return AdminResponse.text(400, USAGE);
        }
        try {
            runtime.modify(query.parameters());
        } catch (IllegalStateException | ConfigException e) {
            return AdminResponse.text(503, String.valueOf(e.getMessage()));
        }
        return AdminResponse.ok();
    }
}
