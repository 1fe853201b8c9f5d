// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.RuntimeValue;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runtime values written as text: over the admin socket, and as strings of a static layer. */
public final class RuntimeText {
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    /** YAML, as a flow mapping or over lines; both fields are optional. */
    private static final Pattern FIELD =
            Pattern.compile("\"?(numerator|denominator)\"?\\s*:\\s*\"?([A-Z_\\d]+)\"?");

    private RuntimeText() {}

    public static RuntimeValue parse(String text) {
        String stripped = text.strip();
        String lower = stripped.toLowerCase(Locale.ROOT);
        if (lower.equals("true") || lower.equals("false")) {
            return RuntimeValue.bool(lower.equals("true"), text);
        }
        if (NUMBER.matcher(stripped).matches()) {
            return RuntimeValue.number(Double.parseDouble(stripped), text);
        }
        return percent(stripped)
                .map(percent -> RuntimeValue.percent(percent, text))
                .orElseGet(() -> RuntimeValue.text(text));
    }

    private static Optional<FractionalPercent> percent(String text) {
        String body =
                text.startsWith("{") && text.endsWith("}")
                        ? text.substring(1, text.length() - 1)
                        : text;
        long numerator = 0;
        Optional<Integer> denominator = Optional.of(100);
        boolean any = false;
        for (String part : body.split("[,\\n]")) {
            if (part.isBlank()) {
                continue;
            }
            Matcher field = FIELD.matcher(part.strip());
            if (!field.matches()) {
                return Optional.empty();
            }
            any = true;
            String value = field.group(2);
            if (field.group(1).equals("denominator")) {
                denominator = denominator(value);
            } else if (value.chars().allMatch(c -> c >= '0' && c <= '9') && value.length() <= 10) {
                numerator = Long.parseLong(value);
            } else {
                return Optional.empty();
            }
        }
        long fixed = numerator;
        return any ? denominator.map(d -> new FractionalPercent(fixed, d)) : Optional.empty();
    }

    private static Optional<Integer> denominator(String name) {
        return switch (name) {
            case "HUNDRED", "0" -> Optional.of(100);
            case "TEN_THOUSAND", "1" -> Optional.of(10_000);
            case "MILLION", "2" -> Optional.of(1_000_000);
            default -> Optional.empty();
        };
    }
}
