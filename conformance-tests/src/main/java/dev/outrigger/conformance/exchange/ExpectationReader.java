// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads an expectation: short words for the usual fields, full names for the rest. */
final class ExpectationReader {
    /** Short words and the fields they stand for. */
    private static final Map<String, String> SHORT =
            Map.ofEntries(
                    Map.entry("status", "response[1].status"),
                    Map.entry("body", "response[1].body"),
                    Map.entry("reason", "response[1].reason"),
                    Map.entry("complete", "response[1].complete"),
                    Map.entry("interim", "response[1].interim"),
                    Map.entry("end", "connection[1].end"),
                    Map.entry("flags", "log[1].flags"),
                    Map.entry("details", "log[1].details"),
                    Map.entry("route", "log[1].route"),
                    Map.entry("line", "attempt[1].line"),
                    Map.entry("upstream", "attempt[1].upstream"),
                    Map.entry("attempts", "attempts"),
                    Map.entry("responses", "responses"));

    private ExpectationReader() {}

    static Expectation read(YamlNode node) {
        var fields = new TreeMap<String, ValueMatcher>();
        SHORT.forEach((word, field) -> {
            if (node.has(word)) {
                fields.put(field, matcher(node.at(word), node.raw(word)));
            }
        });
        prefixed(node, "headers", "response[1].header.", fields);
        prefixed(node, "sent", "attempt[1].header.", fields);
        prefixed(node, "stats", "stat.", fields);
        prefixed(node, "fields", "", fields);
        node.rejectUnreadKeys();
        return new Expectation(fields);
    }

    private static void prefixed(
            YamlNode node, String key, String prefix, Map<String, ValueMatcher> fields) {
        node.node(key)
                .ifPresent(each -> {
                    for (var name : each.keys()) {
                        fields.put(prefix + name, matcher(each.at(name), each.raw(name)));
                    }
                });
    }

    /** Null means absent; a mapping says how to match; every scalar is meant exactly. */
    private static ValueMatcher matcher(String path, @Nullable Object value) {
        if (value == null) {
            return new ValueMatcher.Absent();
        }
        if (!(value instanceof Map<?, ?>)) {
            return new ValueMatcher.Exactly(String.valueOf(value));
        }
        var node = YamlNode.of(path, value);
        var contains = node.optionalText("contains");
        var matches = node.optionalText("matches");
        node.rejectUnreadKeys();
        if (contains.isPresent() == matches.isPresent()) {
            throw new IllegalArgumentException(path + " (expected: either contains or matches)");
        }
        return contains.<ValueMatcher>map(ValueMatcher.Contains::new)
                .orElseGet(() -> new ValueMatcher.Matches(Pattern.compile(matches.orElseThrow())));
    }
}
