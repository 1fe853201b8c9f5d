// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What became of a document, or how one proxy stands, for people to read. */
public final class Statuses {
    private Statuses() {}

    /**
     * @param title names the document
     * @param answer of {@code /api/v1/{kind}/{name}/status}
     */
    public static List<String> document(String title, JsonNode answer) {
        var status = answer.path("status");
        var lines = new ArrayList<String>();
        lines.add(title + ", generation " + status.path("observedGeneration").asText());
        lines.add("");
        var conditions = new Table("CONDITION", "STATUS", "REASON", "MESSAGE");
        for (var condition : status.path("conditions")) {
            conditions.add(
                    List.of(
                            condition.path("type").asText(),
                            condition.path("status").asText(),
                            condition.path("reason").asText(),
                            condition.path("message").asText()));
        }
        lines.addAll(conditions.lines());
        lines.add("");
        lines.add(counts(status.path("proxies")));
        for (var rejection : status.path("rejections")) {
            lines.add("");
            lines.addAll(rejection(rejection.path("proxy").asText(), rejection));
        }
        for (var held : status.path("withheld")) {
            lines.add("");
            lines.addAll(withheld(held));
        }
        if (!status.path("details").isEmpty()) {
            lines.add("");
            lines.addAll(proxies(status.path("details")));
        }
        return lines;
    }

    /**
     * @param proxy of {@code /api/v1/proxies/{id}}
     */
    public static List<String> proxy(JsonNode proxy) {
        var lines = new ArrayList<String>();
        lines.add(
                "proxy/"
                        + proxy.path("id").asText()
                        + " of "
                        + proxy.path("cluster").asText()
                        + ", "
                        + proxy.path("userAgent").asText()
                        + (proxy.path("connected").asBoolean()
                                ? ", connected since "
                                : ", disconnected since ")
                        + proxy.path("since").asText());
        lines.add("");
        var types = new Table("TYPE", "STATE", "AGE", "VERSION", "ACCEPTED");
        proxy.path("types")
                .propertyStream()
                .forEach(type ->
                        types.add(
                                List.of(
                                        simpleName(type.getKey()),
                                        type.getValue().path("state").asText(),
                                        age(type.getValue().path("ageSeconds").asDouble()),
                                        shortened(type.getValue().path("version").asText()),
                                        shortened(
                                                type.getValue()
                                                        .path("acceptedVersion")
                                                        .asText()))));
        lines.addAll(types.lines());
        proxy.path("types")
                .propertyStream()
                .filter(type -> type.getValue().has("rejection"))
                .forEach(type -> {
                    lines.add("");
                    lines.addAll(
                            rejection(
                                    simpleName(type.getKey()), type.getValue().path("rejection")));
                });
        for (var held : proxy.path("withheld")) {
            lines.add("");
            lines.addAll(withheld(held));
        }
        return lines;
    }

    private static String counts(JsonNode counts) {
        return "proxies: "
                + counts.path("matched").asInt()
                + " matched, "
                + counts.path("acked").asInt()
                + " accepted, "
                + counts.path("pending").asInt()
                + " pending, "
                + counts.path("rejected").asInt()
                + " rejected, "
                + counts.path("disconnected").asInt()
                + " disconnected";
    }

    private static List<String> rejection(String subject, JsonNode rejection) {
        var lines = new ArrayList<String>();
        var type = simpleName(rejection.path("type").asText());
        lines.add(
                (type.isEmpty() ? subject + " rejected" : subject + " rejected " + type)
                        + " "
                        + String.join(", ", texts(rejection.path("resources")))
                        + " at "
                        + rejection.path("at").asText());
        lines.add("  " + rejection.path("error").asText());
        lines.addAll(fields(rejection));
        return lines;
    }

    private static List<String> withheld(JsonNode held) {
        var lines = new ArrayList<String>();
        lines.add(
                "withheld since "
                        + held.path("since").asText()
                        + ", revision "
                        + held.path("revision").asText()
                        + ": "
                        + held.path("reason").asText().toLowerCase(Locale.ROOT).replace('_', ' '));
        lines.add("  " + held.path("detail").asText());
        lines.addAll(fields(held));
        return lines;
    }

    private static List<String> fields(JsonNode of) {
        var lines = new ArrayList<String>();
        for (var field : of.path("fields")) {
            lines.add(
                    "  because of "
                            + field.path("document").asText()
                            + " "
                            + field.path("pointer").asText());
        }
        return lines;
    }

    private static List<String> proxies(JsonNode details) {
        var table = new Table("PROXY", "CONNECTED", "TYPES");
        for (var proxy : details) {
            var types = new ArrayList<String>();
            proxy.path("types")
                    .propertyStream()
                    .forEach(type ->
                            types.add(simpleName(type.getKey()) + "=" + type.getValue().asText()));
            table.add(
                    List.of(
                            proxy.path("proxy").asText(),
                            proxy.path("connected").asBoolean() ? "yes" : "no",
                            String.join(" ", types)));
        }
        return table.lines();
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static String simpleName(String typeUrl) {
        return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
    }

    /** Versions are hashes: their beginning tells them apart. */
    private static String shortened(String version) {
        if (version.isEmpty()) {
            return "-";
        }
        return version.length() > 8 ? version.substring(0, 8) : version;
    }

    private static String age(double seconds) {
        if (seconds < 60) {
            return Math.round(seconds) + "s";
        }
        return seconds < 3_600 ? Math.round(seconds / 60) + "m" : Math.round(seconds / 3_600) + "h";
    }
}
