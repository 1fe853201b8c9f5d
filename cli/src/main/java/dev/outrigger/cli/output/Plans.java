// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.console.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Plans, differences and explanations as lines that people read. */
public final class Plans {
    private static final int MAX_VALUE_CHARS = 100;

    private Plans() {}

    /** {@code kind/name}, with the namespace unless it is the default. */
    public static String name(JsonNode document) {
        String namespace = document.path("namespace").asText("default");
        return document.path("kind").asText().toLowerCase(Locale.ROOT)
                + "/"
                + (namespace.equals("default") ? "" : namespace + "/")
                + document.path("name").asText();
    }

    /** All of a plan; its warnings and its id are for the person watching. */
    public static void print(Console console, JsonNode plan, OutputFormat format) {
        switch (format) {
            case json -> console.data(JsonText.json(plan));
            case yaml -> console.data(JsonText.yaml(plan));
            case name -> plan.path("changes").forEach(one -> console.data(name(one)));
            case table, wide -> {
                console.table(lines(plan));
                warnings(plan).forEach(console::note);
                if (plan.path("changed").asBoolean()) {
                    console.note(
                            "commit it with: outrigger apply --plan "
                                    + plan.path("planId").asText());
                } else {
                    console.note("nothing would change");
                }
            }
        }
    }

    /** What a proxy would be sent differently. */
    public static List<String> outstanding(JsonNode diff) {
        var lines = new ArrayList<String>();
        for (JsonNode one : diff.path("changes")) {
            lines.add(
                    shortType(one.path("type").asText())
                            + " "
                            + one.path("name").asText()
                            + " "
                            + one.path("action").asText());
            if (one.path("action").asText().equals("updated")) {
                operations(one.path("patch"), lines);
            }
        }
        if (!diff.path("complete").asBoolean(true)) {
            lines.add("(more than is shown)");
        }
        return lines;
    }

    /** Everything a plan says but its warnings. */
    public static List<String> lines(JsonNode plan) {
        var lines = new ArrayList<>(changes(plan));
        for (JsonNode one : plan.path("effective")) {
            lines.add(
                    "for "
                            + (one.path("consumer").asText().equals("*")
                                    ? "every caller"
                                    : one.path("consumer").asText())
                            + " of "
                            + one.path("destination").asText()
                            + ", rule "
                            + one.path("rule").asText()
                            + ": "
                            + one.path("block").asText());
            lines.add("  - " + source(one.path("before")));
            lines.add("  + " + source(one.path("after")));
        }
        for (JsonNode one : plan.path("proxies")) {
            lines.add(
                    proxies(one)
                            + ": "
                            + shortType(one.path("type").asText())
                            + " "
                            + one.path("name").asText()
                            + " "
                            + one.path("action").asText());
            if (one.path("action").asText().equals("updated")) {
                operations(one.path("patch"), lines);
            }
        }
        if (!plan.path("complete").asBoolean(true)) {
            lines.add("(more than is shown)");
        }
        return lines;
    }

    /** What became of each document, operation by operation. */
    public static List<String> changes(JsonNode plan) {
        var lines = new ArrayList<String>();
        for (JsonNode change : plan.path("changes")) {
            lines.add(name(change) + " " + change.path("action").asText());
            if (change.path("action").asText().equals("updated")) {
                operations(change.path("patch"), lines);
            }
        }
        return lines;
    }

    public static List<String> warnings(JsonNode answer) {
        var lines = new ArrayList<String>();
        for (JsonNode warning : answer.path("warnings")) {
            lines.add(
                    "warning "
                            + warning.path("code").asText()
                            + " "
                            + name(warning)
                            + " "
                            + warning.path("pointer").asText()
                            + ": "
                            + warning.path("detail").asText());
        }
        return lines;
    }

    /** The answer to why. */
    public static List<String> explanation(JsonNode answer) {
        if (!answer.path("routed").asBoolean()) {
            return List.of(answer.path("detail").asText());
        }
        var lines = new ArrayList<String>();
        lines.add(
                "rule  "
                        + answer.path("rule").asText()
                        + "   of "
                        + answer.path("destination").asText()
                        + ", by "
                        + answer.path("sidecar").asText()
                        + ", revision "
                        + answer.path("revision").asText());
        blocks(answer.path("blocks"), "", lines);
        for (JsonNode backend : answer.path("backends")) {
            lines.add(
                    "to    "
                            + backend.path("service").asText()
                            + ":"
                            + backend.path("port").asText()
                            + "   weight "
                            + backend.path("weight").asText());
            blocks(backend.path("blocks"), "  ", lines);
        }
        return lines;
    }

    private static void blocks(JsonNode blocks, String indent, List<String> lines) {
        for (JsonNode decided : blocks) {
            lines.add(
                    indent + decided.path("block").asText() + "   " + source(decided.path("from")));
            decided.path("beats")
                    .forEach(beaten -> lines.add(indent + "    beats " + source(beaten)));
        }
    }

    private static void operations(JsonNode patch, List<String> lines) {
        for (JsonNode operation : patch) {
            if (operation.has("old")) {
                lines.add(
                        "  - "
                                + operation.path("path").asText()
                                + ": "
                                + shortened(operation.path("old")));
            }
            if (operation.has("value")) {
                lines.add(
                        "  + "
                                + operation.path("path").asText()
                                + ": "
                                + shortened(operation.path("value")));
            }
        }
    }

    private static String source(JsonNode source) {
        if (source.isMissingNode()) {
            return "nothing";
        }
        String from =
                source.has("document")
                        ? source.path("document").asText() + " " + source.path("pointer").asText()
                        : source.path("level").asText();
        return (source.has("value") ? shortened(source.path("value")) + "   " : "")
                + "from "
                + from;
    }

    private static String proxies(JsonNode change) {
        int count = change.path("proxies").size();
        var sidecars = new ArrayList<String>();
        change.path("sidecars").forEach(one -> sidecars.add(one.asText()));
        return (count == 0
                        ? "no proxy"
                        : count == 1 ? change.path("proxies").get(0).asText() : count + " proxies")
                + " ("
                + String.join(", ", sidecars)
                + ")";
    }

    private static String shortType(String typeUrl) {
        return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
    }

    private static String shortened(JsonNode value) {
        String text = value.toString();
        return text.length() > MAX_VALUE_CHARS ? text.substring(0, MAX_VALUE_CHARS) + "..." : text;
    }
}
