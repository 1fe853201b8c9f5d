// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.outrigger.dataplane.state.ConfigAssembler;
import java.util.List;
import java.util.Optional;

/**
 * {@code /config_dump} (AD5): what was accepted, with {@code resource}, {@code mask}, {@code
 * name_regex}.
 */
final class ConfigDump {
    private final ConfigAssembler state;
    private final ProcessInfo process;

    ConfigDump(ConfigAssembler state, ProcessInfo process) {
        this.state = state;
        this.process = process;
    }

    AdminResponse answer(Query query) {
        Optional<Pattern> names;
        try {
            names = query.find("name_regex").map(Pattern::compile);
        } catch (PatternSyntaxException e) {
            return AdminResponse.plain(
                    400,
                    "INVALID_ARGUMENT: Error while parsing name_regex from "
                            + e.getPattern()
                            + ": "
                            + Re2Errors.text(e));
        }
        // Decoded for each answer: dumps are rare, and bytes are the smallest form to keep.
        var bootstrap = ServerPaths.decode(process.bootstrap());
        var all = new ConfigDumpSections(state, bootstrap).build(query.has("include_eds"), names);
        var resource = query.find("resource");
        var mask = query.find("mask").map(paths -> List.of(paths.split(",")));
        return resource.isPresent() ? one(all, resource.get(), mask) : whole(all, mask);
    }

    private static AdminResponse whole(
            List<ConfigDumpSections.Section> sections, Optional<List<String>> mask) {
        var configs = new JsonArray();
        for (var section : sections) {
            var json = section.json();
            if (mask.isEmpty()) {
                configs.add(json);
            } else if (section.hasFields(mask.get())) {
                configs.add(keep(json, mask.get()));
            }
        }
        if (mask.isPresent() && configs.isEmpty()) {
            return AdminResponse.plain(
                    400,
                    "FieldMask "
                            + String.join(",", mask.get())
                            + " could not be successfully applied to any configs.");
        }
        return print(configs);
    }

    private static AdminResponse one(
            List<ConfigDumpSections.Section> sections,
            String resource,
            Optional<List<String>> mask) {
        for (var section : sections) {
            if (!section.fields().contains(resource)) {
                continue;
            }
            if (!section.isRepeated(resource)) {
                return AdminResponse.plain(
                        400,
                        resource
                                + " is not a repeated field. Use ?mask="
                                + resource
                                + " to get only this field");
            }
            var configs = new JsonArray();
            JsonElement value = section.json().get(resource);
            if (value == null) {
                return print(configs);
            }
            for (JsonElement element : value.getAsJsonArray()) {
                var json = new JsonObject();
                json.addProperty("@type", section.elementType(resource));
                element.getAsJsonObject()
                        .entrySet()
                        .forEach(e -> json.add(e.getKey(), e.getValue()));
                if (mask.isPresent()) {
                    for (String path : mask.get()) {
                        if (!section.elementFields(resource).contains(path.split("\\.")[0])) {
                            return badMask(mask.get());
                        }
                    }
                    configs.add(keep(json, mask.get()));
                } else {
                    configs.add(json);
                }
            }
            return print(configs);
        }
        return notFound(resource);
    }

    private static AdminResponse notFound(String resource) {
        return AdminResponse.plain(404, resource + " not found in config dump");
    }

    private static AdminResponse badMask(List<String> paths) {
        var out = new StringBuilder("FieldMask goo.gle/debugstr    \n");
        paths.forEach(path -> out.append("paths: \"").append(path).append("\"\n"));
        return AdminResponse.plain(400, out.append(" could not be successfully used.").toString());
    }

    private static AdminResponse print(JsonArray configs) {
        var root = new JsonObject();
        if (!configs.isEmpty()) {
            root.add("configs", configs);
        }
        return AdminResponse.json(AdminJson.print(root));
    }

    /** The fields a mask names, and every type. */
    private static JsonObject keep(JsonObject json, List<String> paths) {
        var kept = new JsonObject();
        for (var entry : json.entrySet()) {
            String key = entry.getKey();
            if (key.equals("@type") || paths.contains(key)) {
                kept.add(key, entry.getValue());
                continue;
            }
            var below =
                    paths.stream()
                            .filter(path -> path.startsWith(key + "."))
                            .map(path -> path.substring(key.length() + 1))
                            .toList();
            if (!below.isEmpty() && entry.getValue().isJsonObject()) {
                kept.add(key, keep(entry.getValue().getAsJsonObject(), below));
            }
        }
        return kept;
    }
}
