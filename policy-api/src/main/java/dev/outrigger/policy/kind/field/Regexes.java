// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import java.util.Optional;

/** Expressions in RE2's syntax: no look-around, no back-references, linear time. */
public final class Regexes {
    /** As Envoy's {@code re2.max_program_size.error_level}. */
    public static final int MAX_PROGRAM_SIZE = 100;

    private static final int MAX_CHARS = 1_024;

    private Regexes() {}

    public static Optional<String> re2(DocumentNode node) {
        var text = Names.printable(node, MAX_CHARS);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return checked(node, text.get());
    }

    /**
     * An expression that was put together of others, reported at the node if it is none, or too
     * large.
     */
    public static Optional<String> checked(DocumentNode node, String expression) {
        try {
            int size = Re2Size.atMost(Pattern.compile(expression));
            if (size > MAX_PROGRAM_SIZE) {
                node.violate(
                        ViolationCode.OUT_OF_RANGE,
                        "The expression compiles to an RE2 program of up to "
                                + size
                                + " instructions (expected: at most "
                                + MAX_PROGRAM_SIZE
                                + ").");
                return Optional.empty();
            }
            return Optional.of(expression);
        } catch (PatternSyntaxException e) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(expression)
                            + " is not an RE2 expression: "
                            + e.getDescription()
                            + ".");
            return Optional.empty();
        }
    }
}
