// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a YAML document that knows where it is and which of its keys were read, so that a
 * misspelt key fails instead of being ignored. Every fault is an IllegalArgumentException that
 * names the place.
 */
final class YamlNode {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s)");

    private final String path;
    private final Map<String, @Nullable Object> values;
    private final Set<String> read = new LinkedHashSet<>();

    private YamlNode(String path, Map<String, @Nullable Object> values) {
        this.path = path;
        this.values = values;
    }

    static YamlNode of(String path, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(path + ": " + value + " (expected: a mapping)");
        }
        var values = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, each) -> values.put(String.valueOf(key), each));
        return new YamlNode(path, values);
    }

    String path() {
        return path;
    }

    Set<String> keys() {
        return Set.copyOf(values.keySet());
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    @Nullable Object raw(String key) {
        read.add(key);
        return values.get(key);
    }

    String text(String key) {
        return optionalText(key)
                .orElseThrow(
                        () -> new IllegalArgumentException(at(key) + ": missing (expected: text)"));
    }

    /** A scalar as text, or a list of parts joined: text, or {@code {repeat: text, times: n}}. */
    Optional<String> optionalText(String key) {
        return Optional.ofNullable(raw(key)).map(value -> joined(at(key), value));
    }

    Duration duration(String key) {
        return optionalText(key).map(text -> duration(at(key), text)).orElse(Duration.ZERO);
    }

    boolean flag(String key) {
        return switch (raw(key)) {
            case null -> false;
            case Boolean value -> value;
            case Object other ->
                    throw new IllegalArgumentException(
                            at(key) + ": " + other + " (expected: true or false)");
        };
    }

    List<@Nullable Object> list(String key) {
        return switch (raw(key)) {
            case null -> List.of();
            case List<?> list -> new ArrayList<>(list);
            case Object other ->
                    throw new IllegalArgumentException(
                            at(key) + ": " + other + " (expected: list)");
        };
    }

    Optional<YamlNode> node(String key) {
        return Optional.ofNullable(raw(key)).map(value -> of(at(key), value));
    }

    String at(String key) {
        return path + "." + key;
    }

    /** To be called when everything was read that is known. */
    void rejectUnreadKeys() {
        var unread = new LinkedHashSet<>(values.keySet());
        unread.removeAll(read);
        if (!unread.isEmpty()) {
            throw new IllegalArgumentException(
                    path + ": unknown " + unread + " (expected: some of " + read + ")");
        }
    }

    static Duration duration(String path, String text) {
        var matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(path + ": " + text + " (expected: 250ms or 2s)");
        }
        long number = Long.parseLong(matcher.group(1));
        return matcher.group(2).equals("s")
                ? Duration.ofSeconds(number)
                : Duration.ofMillis(number);
    }

    static String joined(String path, Object value) {
        if (value instanceof List<?> parts) {
            var text = new StringBuilder();
            for (var part : parts) {
                text.append(joined(path, part));
            }
            return text.toString();
        }
        if (value instanceof Map<?, ?>) {
            var part = of(path, value);
            var text = part.text("repeat");
            int times = Integer.parseInt(part.text("times"));
            part.rejectUnreadKeys();
            return text.repeat(times);
        }
        return String.valueOf(value);
    }
}
