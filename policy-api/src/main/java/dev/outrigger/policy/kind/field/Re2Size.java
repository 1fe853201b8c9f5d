// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import com.google.re2j.Pattern;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large Envoy's RE2 program for an expression is at most. RE2/J compiles to code points where
 * RE2 compiles to bytes: what can match more than ASCII takes more instructions there. The extras
 * were measured with the message Envoy 1.40.0 refuses a large program with; see {@code
 * Re2SizeTest}.
 */
final class Re2Size {
    /** RE2 adds the unanchored prefix that RE2/J does without. */
    private static final int PREFIX = 2;

    private static final int CAP = 1 << 20;

    private final String pattern;
    private final Deque<long[]> groups = new ArrayDeque<>();
    private int at;

    private Re2Size(String pattern) {
        this.pattern = pattern;
    }

    /** Of an expression that compiles. */
    static int atMost(Pattern compiled) {
        return (int)
                Math.min(
                        CAP,
                        compiled.programSize() + PREFIX + new Re2Size(compiled.pattern()).extra());
    }

    /** The instructions RE2 needs more; each group holds what is summed up and its last atom. */
    private long extra() {
        groups.push(new long[2]);
        while (at < pattern.length()) {
            char c = pattern.charAt(at++);
            switch (c) {
                case '(' -> groups.push(new long[2]);
                case ')' -> closeGroup();
                case '.' -> atom(1);
                case '[' -> atom(bracket());
                case '\\' -> atom(escape());
                case '{' -> repeat();
                default -> atom(character(c));
            }
        }
        while (groups.size() > 1) {
            closeGroup();
        }
        return groups.getFirst()[0] + groups.getFirst()[1];
    }

    private void atom(long extra) {
        long[] group = groups.getFirst();
        group[0] = Math.min(CAP, group[0] + group[1]);
        group[1] = extra;
    }

    private void closeGroup() {
        if (groups.size() > 1) {
            long[] inner = groups.pop();
            atom(inner[0] + inner[1]);
        }
    }

    /** {@code {n}}, {@code {n,}}, {@code {n,m}}: the atom before is compiled that often. */
    private void repeat() {
        int end = pattern.indexOf('}', at);
        if (end < 0 || !pattern.substring(at, end).matches("[0-9]{1,4}(?:,[0-9]{0,4})?")) {
            return;
        }
        long times = 1;
        for (String bound : pattern.substring(at, end).split(",")) {
            times = Math.max(times, Long.parseLong(bound) + 1);
        }
        long[] group = groups.getFirst();
        group[1] = Math.min(CAP, group[1] * times);
        at = end + 1;
    }

    private long bracket() {
        boolean negated = at < pattern.length() && pattern.charAt(at) == '^';
        at += negated ? 1 : 0;
        long extra = negated ? 3 : 0;
        boolean first = true;
        while (at < pattern.length() && (first || pattern.charAt(at) != ']')) {
            first = false;
            char c = pattern.charAt(at++);
            if (c == '\\') {
                extra += escape();
            } else if (c == '[' && pattern.startsWith(":", at)) {
                int end = pattern.indexOf(":]", at);
                extra += pattern.startsWith(":^", at) ? 3 : 0;
                at = end < 0 ? at : end + 2;
            } else {
                extra += character(c);
            }
        }
        at++;
        return extra;
    }

    private long escape() {
        if (at >= pattern.length()) {
            return 0;
        }
        char c = pattern.charAt(at++);
        return switch (c) {
            case 'D' -> 3;
            case 'W', 'S' -> 5;
            case 'p', 'P' -> {
                if (pattern.startsWith("{", at)) {
                    at = pattern.indexOf('}', at) + 1;
                } else {
                    at++;
                }
                // Some scripts are scattered over all of Unicode.
                yield 40;
            }
            case 'x' -> {
                if (!pattern.startsWith("{", at)) {
                    yield 2;
                }
                at = pattern.indexOf('}', at) + 1;
                yield 4;
            }
            case 'Q' -> {
                int end = pattern.indexOf("\\E", at);
                String literal = pattern.substring(at, end < 0 ? pattern.length() : end);
                at = end < 0 ? pattern.length() : end + 2;
                yield literal.chars().mapToLong(letter -> character((char) letter)).sum();
            }
            default -> character(c);
        };
    }

    /** A letter beyond ASCII takes up to four bytes; with {@code (?i)} k and s have such forms. */
    private long character(char c) {
        if (c > '~') {
            return 4;
        }
        boolean folds = "kKsS".indexOf(c) >= 0 && pattern.contains("i");
        return folds && pattern.contains("(?") ? 3 : 0;
    }
}
