// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.document.ConfigDocument;
import dev.outrigger.dataplane.document.ConfigException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Runtime values written as text. A string of a static or discovered layer is a number or a boolean
 * if it looks like one; what comes from a file or over the admin socket is YAML.
 */
public final class RuntimeText {
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    private static final Pattern HEXADECIMAL =
            Pattern.compile(
                    "[+-]?0[xX](\\p{XDigit}+\\.?\\p{XDigit}*|\\.\\p{XDigit}+)([pP][+-]?\\d+)?");

    /** What Envoy's reader takes in a scalar and ours does not; it is no number anyway. */
    private static final Pattern CONTROL =
            Pattern.compile(
                    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\ufffe\\uffff]");

    private static final String NUMERATOR = "numerator";
    private static final String DENOMINATOR = "denominator";

    private RuntimeText() {}

    /** A string of a layer that is a message. */
    public static RuntimeValue string(String text) {
        String stripped = text.strip();
        String lower = stripped.toLowerCase(Locale.ROOT);
        if (lower.equals("true") || lower.equals("false")) {
            return RuntimeValue.bool(lower.equals("true"), text);
        }
        return number(stripped)
                .map(number -> RuntimeValue.number(number, text))
                .orElseGet(() -> RuntimeValue.text(text));
    }

    /**
     * A file, or a value set over the admin socket.
     *
     * @throws ConfigException when it is no YAML
     */
    static RuntimeValue yaml(String text) throws ConfigException {
        if (text.startsWith("%")) {
            // A directive, and nothing behind it.
            return RuntimeValue.text(text);
        }
        String accepted = CONTROL.matcher(text.stripLeading()).replaceAll("?");
        JsonElement read = ConfigDocument.yaml(accepted).map(ConfigDocument::toJson).orElse(null);
        if (read instanceof JsonObject object) {
            return percent(object.asMap(), RuntimeText::numeric, RuntimeText::literal, text);
        }
        if (read instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return RuntimeValue.bool(primitive.getAsBoolean(), text);
        }
        if (read instanceof JsonPrimitive primitive && primitive.isNumber()) {
            return RuntimeValue.number(primitive.getAsDouble(), text);
        }
        // Of a string its quotes count, so that "5" is no number in them.
        return read instanceof JsonPrimitive ? string(text) : RuntimeValue.text(text);
    }

    private static Optional<Double> numeric(JsonElement value) {
        return value instanceof JsonPrimitive primitive && primitive.isNumber()
                ? Optional.of(primitive.getAsDouble())
                : Optional.empty();
    }

    private static Optional<String> literal(JsonElement value) {
        return value instanceof JsonPrimitive primitive && primitive.isString()
                ? Optional.of(primitive.getAsString())
                : Optional.empty();
    }

    /**
     * A map as a percentage, which it is unless it has other fields or a denominator that is none.
     * A numerator that is no number is zero.
     *
     * @param text how it is shown
     */
    public static <T> RuntimeValue percent(
            Map<String, T> fields,
            Function<T, Optional<Double>> numeric,
            Function<T, Optional<String>> literal,
            String text) {
        long numerator = 0;
        Optional<Integer> denominator = Optional.of(100);
        for (var field : fields.entrySet()) {
            switch (field.getKey()) {
                // Envoy casts it to 32 bits, whatever it is.
                case NUMERATOR ->
                        numerator =
                                numeric.apply(field.getValue())
                                        .map(number -> (long) (double) number & 0xffff_ffffL)
                                        .orElse(0L);
                case DENOMINATOR ->
                        denominator =
                                literal.apply(field.getValue()).flatMap(RuntimeText::denominator);
                default -> {
                    return RuntimeValue.text(text);
                }
            }
        }
        long fixed = numerator;
        return denominator
                .map(each -> RuntimeValue.percent(new FractionalPercent(fixed, each), text))
                .orElseGet(() -> RuntimeValue.text(text));
    }

    private static Optional<Integer> denominator(String name) {
        return switch (name) {
            case "HUNDRED" -> Optional.of(100);
            case "TEN_THOUSAND" -> Optional.of(10_000);
            case "MILLION" -> Optional.of(1_000_000);
            default -> Optional.empty();
        };
    }

    private static Optional<Double> number(String text) {
        if (DECIMAL.matcher(text).matches()) {
            return Optional.of(Double.parseDouble(text));
        }
        if (HEXADECIMAL.matcher(text).matches()) {
            boolean scaled = text.indexOf('p') >= 0 || text.indexOf('P') >= 0;
            return Optional.of(Double.parseDouble(scaled ? text : text + "p0"));
        }
        return Optional.empty();
    }
}
