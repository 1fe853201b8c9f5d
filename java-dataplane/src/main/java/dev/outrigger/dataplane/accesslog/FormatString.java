// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.message.WireText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text with Envoy's command operators (D6, AL1), compiled once. Used by access logs, where a
 * missing value is {@code -}, and by header edits, where it is nothing. Immutable.
 */
public final class FormatString implements LogFormat {
    /** Envoy's default access log format. */
    public static final String DEFAULT_LOG =
            "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\""
                    + " %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION%"
                    + " %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\""
                    + " \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\""
                    + " \"%UPSTREAM_HOST%\"\n";

    // An operator: name, optional arguments in parentheses, optional maximum length.
    private static final Pattern OPERATOR =
            Pattern.compile("%([A-Z0-9_]+)(?:\\(([^\\n]*?)\\))?(?::(\\d{1,9}))?%");

    private final Operator[] operators;
    private final boolean literal;

    private FormatString(List<Operator> operators) {
        this.operators = operators.toArray(Operator[]::new);
        this.literal = operators.stream().allMatch(Operator.Literal.class::isInstance);
    }

    /**
     * Compiles a format.
     *
     * @param missingAsDash whether a missing value is written as {@code -}
     * @throws IllegalArgumentException with the operator that is not known, or where a single
     *     percent sign stands
     */
    public static FormatString parse(String format, boolean missingAsDash) {
        var operators = new ArrayList<Operator>();
        var literal = new StringBuilder();
        Matcher matcher = OPERATOR.matcher(format);
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i);
            if (c != '%') {
                literal.append(c);
                i++;
            } else if (i + 1 < format.length() && format.charAt(i + 1) == '%') {
                literal.append('%');
                i += 2;
            } else {
                if (!matcher.find(i) || matcher.start() != i) {
                    throw new IllegalArgumentException(
                            "Incorrect configuration: "
                                    + format
                                    + ". Couldn't find valid command"
                                    + " at position "
                                    + i);
                }
                if (!literal.isEmpty()) {
                    operators.add(new Operator.Literal(WireText.of(literal.toString())));
                    literal.setLength(0);
                }
                operators.add(operator(matcher, missingAsDash));
                i = matcher.end();
            }
        }
        if (!literal.isEmpty()) {
            operators.add(new Operator.Literal(WireText.of(literal.toString())));
        }
        return new FormatString(operators);
    }

    private static Operator operator(Matcher matcher, boolean missingAsDash) {
        String argument = matcher.group(2);
        String length = matcher.group(3);
        return Operators.of(
                new Operators.Command(
                        matcher.group(1),
                        argument == null ? "" : argument,
                        length == null ? -1 : Integer.parseInt(length),
                        missingAsDash ? "-" : ""));
    }

    /** Whether the text has no operator, so that it can be rendered once. */
    public boolean isLiteral() {
        return literal;
    }

    /** The operator a format consists of, or {@code null} when there is not exactly one. */
    @Nullable Operator single() {
        return operators.length == 1 ? operators[0] : null;
    }

    @Override
    public void append(StringBuilder out, FormatContext context) {
        for (Operator operator : operators) {
            operator.append(out, context);
        }
    }

    /** Appends it as a JSON literal; what an operator brings is escaped by itself (observed). */
    void appendJson(StringBuilder out, FormatContext context) {
        out.append('"');
        for (Operator operator : operators) {
            operator.appendJsonText(out, context);
        }
        out.append('"');
    }

    /** Convenience for short texts. */
    public String render(FormatContext context) {
        var out = new StringBuilder();
        append(out, context);
        return out.toString();
    }

    /** The text of a format without operators. */
    public String literalText() {
        var out = new StringBuilder();
        for (Operator operator : operators) {
            if (operator instanceof Operator.Literal(String text)) {
                out.append(text);
            }
        }
        return out.toString();
    }
}
