// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.outrigger.dataplane.telemetry.NumberText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code COALESCE}: the first of several operators that has something to say, as Envoy's {@code
 * coalesce_formatter.cc} has it. Immutable.
 *
 * @param maxLength longer values are cut
 * @param missing written where none has anything to say
 */
record Coalesce(List<Operator> operators, int maxLength, String missing) implements Operator {
    Coalesce {
        operators = List.copyOf(operators);
    }

    /**
     * Reads {@code {"operators": ["NAME", {"command": "NAME", "param": …, "max_length": …}]}}.
     *
     * @throws IllegalArgumentException in Envoy's words
     */
    static Operator of(Operators.Command command) {
        if (command.argument().isEmpty()) {
            throw new IllegalArgumentException("COALESCE requires parameters");
        }
        JsonArray entries = entries(command.argument());
        var operators = new ArrayList<Operator>();
        for (int i = 0; i < entries.size(); i++) {
            try {
                operators.add(operator(entries.get(i)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "COALESCE: failed to parse operator at index " + i + ": " + e.getMessage(),
                        e);
            }
        }
        return new Coalesce(operators, command.maxLength(), command.missing());
    }

    private static JsonArray entries(String argument) {
        JsonElement json;
        try {
            json = JsonParser.parseString(argument);
        } catch (JsonParseException e) {
            throw new IllegalArgumentException(
                    "COALESCE: failed to parse JSON configuration: JSON supplied is not valid.", e);
        }
        if (!(json instanceof JsonObject object) || !object.has("operators")) {
            throw new IllegalArgumentException(
                    "COALESCE: JSON configuration must contain 'operators' array");
        }
        if (!(object.get("operators") instanceof JsonArray entries)) {
            throw new IllegalArgumentException("COALESCE: 'operators' must be an array");
        }
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("COALESCE: 'operators' array must not be empty");
        }
        return entries;
    }

    private static Operator operator(JsonElement entry) {
        if (isText(entry)) {
            return operator(entry.getAsString(), "", -1);
        }
        if (!(entry instanceof JsonObject object)) {
            throw new IllegalArgumentException(
                    "operator entry must be either a string (command name) or an object with"
                            + " 'command' field");
        }
        if (!isText(object.get("command"))) {
            throw new IllegalArgumentException("operator object must have 'command' field");
        }
        String argument = "";
        if (object.has("param")) {
            if (!isText(object.get("param"))) {
                throw new IllegalArgumentException("'param' field must be a string");
            }
            argument = object.get("param").getAsString();
        }
        return operator(object.get("command").getAsString(), argument, length(object));
    }

    private static Operator operator(String name, String argument, int length) {
        return Operators.find(new Operators.Command(name, argument, length, ""))
                .orElseThrow(() -> new IllegalArgumentException("unknown command: '" + name + "'"));
    }

    private static boolean isText(JsonElement json) {
        return json instanceof JsonPrimitive primitive && primitive.isString();
    }

    private static int length(JsonObject object) {
        if (!object.has("max_length")) {
            return -1;
        }
        BigDecimal length = BigDecimal.ZERO;
        boolean whole = false;
        if (object.get("max_length") instanceof JsonPrimitive number && number.isNumber()) {
            length = number.getAsBigDecimal();
            whole = length.stripTrailingZeros().scale() <= 0;
        }
        if (!whole) {
            throw new IllegalArgumentException("'max_length' field must be an integer");
        }
        if (length.signum() <= 0) {
            throw new IllegalArgumentException("'max_length' must be a positive integer");
        }
        return length.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
    }

    /** The first that has a value, be it an empty one (observed); {@code null} for none. */
    private @Nullable Operator speaking(FormatContext context) {
        for (Operator operator : operators) {
            if (!operator.isMissing(context)) {
                return operator;
            }
        }
        return null;
    }

    @Override
    public boolean isMissing(FormatContext context) {
        return speaking(context) == null;
    }

    @Override
    public void append(StringBuilder out, FormatContext context) {
        Operator operator = speaking(context);
        if (operator == null) {
            out.append(missing);
            return;
        }
        int from = out.length();
        operator.append(out, context);
        out.setLength(from + Math.min(out.length() - from, maxLength));
    }

    @Override
    public void appendJson(StringBuilder out, FormatContext context) {
        Operator operator = speaking(context);
        if (operator instanceof Operator.Text) {
            // A text that is cut as a whole.
            Operator.super.appendJson(out, context);
        } else if (operator instanceof Operator.Numeric(var source, _)) {
            // Here Envoy has lost that it is a whole number.
            out.append(NumberText.shortest((double) source.applyAsLong(context)));
        } else if (operator != null) {
            operator.appendJson(out, context);
        }
    }
}
