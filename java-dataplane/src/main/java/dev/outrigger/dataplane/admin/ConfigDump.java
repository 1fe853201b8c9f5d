// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.outrigger.dataplane.state.ConfigAssembler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
            return AdminResponse.plainOnce(
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
        var mask =
                query.find("mask")
                        .map(paths ->
                                Stream.of(paths.split(",")).filter(p -> !p.isEmpty()).toList())
                        .filter(paths -> !paths.isEmpty());
        return resource.isPresent() ? one(all, resource.get(), mask) : whole(all, mask);
    }

    private static AdminResponse whole(
            List<ConfigDumpSection> sections, Optional<List<String>> mask) {
        if (mask.isEmpty()) {
            var printer = begin();
            sections.forEach(section -> section.print(printer));
            return end(printer);
        }
        var masked = new ArrayList<Supplier<JsonElement>>();
        for (var section : sections) {
            if (section.hasFields(mask.get())) {
                masked.add(() -> keep(section.json(), mask.get()));
            }
        }
        return masked.isEmpty()
                ? AdminResponse.plain(
                        400,
                        "FieldMask "
                                + String.join(",", mask.get())
                                + " could not be successfully applied to any configs.")
                : print(masked);
    }

    private static AdminResponse one(
            List<ConfigDumpSection> sections, String resource, Optional<List<String>> mask) {
        for (var section : sections) {
            if (!section.fieldNames().contains(resource)) {
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
            var configs = new ArrayList<Supplier<JsonElement>>();
            for (Supplier<JsonObject> element : section.elements(resource)) {
                if (mask.isPresent()
                        && !mask.get().stream()
                                .allMatch(path -> section.elementHas(resource, path))) {
                    return badMask(mask.get());
                }
                configs.add(() -> {
                    var json = new JsonObject();
                    json.addProperty("@type", section.elementType(resource));
                    element.get().entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
                    return mask.isPresent() ? keep(json, mask.get()) : json;
                });
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

    private static JsonChunks.Printer begin() {
        var printer = new JsonChunks.Printer();
        printer.beginObject();
        printer.beginArray("configs");
        return printer;
    }

    private static AdminResponse end(JsonChunks.Printer printer) {
        printer.endArray();
        printer.endObject();
        return AdminResponse.json(printer.finish());
    }

    private static AdminResponse print(List<Supplier<JsonElement>> configs) {
        if (configs.isEmpty()) {
            return AdminResponse.json(AdminJson.print(new JsonObject()));
        }
        var printer = begin();
        configs.forEach(printer::element);
        return end(printer);
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
