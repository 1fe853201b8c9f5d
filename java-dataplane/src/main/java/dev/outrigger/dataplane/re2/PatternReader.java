// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import dev.outrigger.dataplane.re2.Node.Op;
import java.util.BitSet;

/**
 * Reads a pattern that compiles, one character for each of its bytes, in RE2's syntax with Perl's
 * classes. Not for patterns that do not compile: what it makes of them says nothing.
 */
final class PatternReader {
    private final String pattern;
    private final PartStack parts = new PartStack();
    private int at;
    private int flags = Node.ONE_LINE;

    private PatternReader(String pattern) {
        this.pattern = pattern;
    }

    static Node read(String pattern) {
        return new PatternReader(pattern).read();
    }

    private Node read() {
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            switch (c) {
                case '(' -> open();
                case '|' -> {
                    at++;
                    parts.bar(flags);
                }
                case ')' -> {
                    at++;
                    flags = parts.close(flags);
                }
                case '^' -> place((flags & Node.ONE_LINE) != 0 ? Op.BEGIN_TEXT : Op.BEGIN_LINE);
                case '$' -> dollar();
                case '.' -> dot();
                case '[' -> {
                    at++;
                    parts.pushClass(readClass(), flags);
                }
                case '*', '+', '?' -> unary(c);
                case '{' -> repetition();
                case '\\' -> escape();
                default -> {
                    at++;
                    parts.pushLiteral(c, flags);
                }
            }
        }
        return parts.finish(flags);
    }

    private void place(Op op) {
        at++;
        parts.push(Node.of(op, flags));
    }

    private void dollar() {
        at++;
        parts.push(
                (flags & Node.ONE_LINE) != 0
                        ? Node.of(Op.END_TEXT, flags | Node.WAS_DOLLAR)
                        : Node.of(Op.END_LINE, flags));
    }

    private void dot() {
        at++;
        if ((flags & Node.DOT_NEWLINE) != 0) {
            parts.push(Node.of(Op.ANY_CHAR, flags));
            return;
        }
        BitSet bytes = new BitSet(ByteSets.SIZE);
        bytes.set(0, ByteSets.SIZE);
        bytes.clear('\n');
        parts.pushClass(bytes, flags);
    }

    private void open() {
        at++;
        if (!ahead("?")) {
            parts.open(flags, true);
            return;
        }
        if (ahead("?P<") || ahead("?<")) {
            at = after('>');
            parts.open(flags, true);
            return;
        }
        at++;
        int changed = flags;
        boolean negated = false;
        while (at < pattern.length()) {
            char c = pattern.charAt(at++);
            switch (c) {
                case 'i' -> changed = with(changed, Node.FOLD_CASE, !negated);
                case 'm' -> changed = with(changed, Node.ONE_LINE, negated);
                case 's' -> changed = with(changed, Node.DOT_NEWLINE, !negated);
                case 'U' -> changed = with(changed, Node.NON_GREEDY, !negated);
                case '-' -> negated = true;
                case ':' -> {
                    parts.open(flags, false);
                    flags = changed;
                    return;
                }
                default -> {
                    flags = changed;
                    return;
                }
            }
        }
    }

    private static int with(int flags, int flag, boolean set) {
        return set ? flags | flag : flags & ~flag;
    }

    private void unary(char c) {
        at++;
        Op op =
                switch (c) {
                    case '*' -> Op.STAR;
                    case '+' -> Op.PLUS;
                    default -> Op.QUEST;
                };
        parts.unary(op, greed());
    }

    private int greed() {
        if (ahead("?")) {
            at++;
            return flags ^ Node.NON_GREEDY;
        }
        return flags;
    }

    /** Braces that hold no repetition are literal. */
    private void repetition() {
        int end = pattern.indexOf('}', at);
        String inside = end < 0 ? "" : pattern.substring(at + 1, end);
        int comma = inside.indexOf(',');
        String min = comma < 0 ? inside : inside.substring(0, comma);
        String max = comma < 0 ? inside : inside.substring(comma + 1);
        if (!isNumber(min) || !(isNumber(max) || (comma >= 0 && max.isEmpty()))) {
            at++;
            parts.pushLiteral('{', flags);
            return;
        }
        at = end + 1;
        parts.repeat(Integer.parseInt(min), max.isEmpty() ? -1 : Integer.parseInt(max), greed());
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty()
                && text.length() < 9
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && (text.length() == 1 || text.charAt(0) != '0');
    }

    private void escape() {
        char c = at + 1 < pattern.length() ? pattern.charAt(at + 1) : '\\';
        switch (c) {
            case 'b' -> escapedPlace(Op.WORD_BOUNDARY);
            case 'B' -> escapedPlace(Op.NO_WORD_BOUNDARY);
            case 'A' -> escapedPlace(Op.BEGIN_TEXT);
            case 'z' -> escapedPlace(Op.END_TEXT);
            case 'C' -> escapedPlace(Op.ANY_BYTE);
            case 'Q' -> quoted();
            default -> {
                BitSet named = new BitSet(ByteSets.SIZE);
                if (readNamed(named)) {
                    parts.pushClass(named, flags);
                } else {
                    parts.pushLiteral(readEscaped(), flags);
                }
            }
        }
    }

    private void escapedPlace(Op op) {
        at++;
        place(op);
    }

    private void quoted() {
        int end = pattern.indexOf("\\E", at + 2);
        String text = pattern.substring(at + 2, end < 0 ? pattern.length() : end);
        for (int i = 0; i < text.length(); i++) {
            parts.pushLiteral(text.charAt(i), flags);
        }
        at = end < 0 ? pattern.length() : end + 2;
    }

    /** From after the opening bracket to after the closing one. */
    private BitSet readClass() {
        BitSet bytes = new BitSet(ByteSets.SIZE);
        boolean negated = ahead("^");
        if (negated) {
            at++;
        }
        boolean first = true;
        while (at < pattern.length() && (first || !ahead("]"))) {
            first = false;
            if (readPosix(bytes) || readNamed(bytes)) {
                continue;
            }
            int low = readClassCharacter();
            int high = low;
            if (ahead("-") && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']') {
                at++;
                high = readClassCharacter();
            }
            ByteSets.add(bytes, low, Math.max(low, high), (flags & Node.FOLD_CASE) != 0);
        }
        at++;
        if (negated) {
            bytes.flip(0, ByteSets.SIZE);
        }
        return bytes;
    }

    private char readClassCharacter() {
        return ahead("\\") ? readEscaped() : pattern.charAt(at++);
    }

    private boolean readPosix(BitSet to) {
        int end = ahead("[:") ? pattern.indexOf(":]", at + 2) : -1;
        if (end < 0) {
            return false;
        }
        boolean negated = pattern.charAt(at + 2) == '^';
        var named = ByteSets.posix(pattern.substring(at + (negated ? 3 : 2), end));
        named.ifPresent(b -> ByteSets.addNamed(to, b, negated, (flags & Node.FOLD_CASE) != 0));
        at = end + 2;
        return true;
    }

    /** {@code \d}, {@code \pL} and the like. */
    private boolean readNamed(BitSet to) {
        if (!ahead("\\") || at + 1 >= pattern.length()) {
            return false;
        }
        boolean foldCase = (flags & Node.FOLD_CASE) != 0;
        char letter = pattern.charAt(at + 1);
        var perl = ByteSets.perl(letter | 0x20);
        if (perl.isPresent()) {
            at += 2;
            ByteSets.addNamed(to, perl.get(), letter < 'a', foldCase);
            return true;
        }
        if (letter != 'p' && letter != 'P') {
            return false;
        }
        at += 2;
        int start = at;
        String name;
        if (ahead("{")) {
            at = after('}');
            name = pattern.substring(start + 1, at - 1);
        } else {
            name = pattern.substring(start, Math.min(++at, pattern.length()));
        }
        boolean negated = name.startsWith("^");
        ByteSets.addNamed(
                to,
                ByteSets.unicode(negated ? name.substring(1) : name),
                (letter == 'P') != negated,
                foldCase);
        return true;
    }

    private char readEscaped() {
        at++;
        if (at >= pattern.length()) {
            return '\\';
        }
        char c = pattern.charAt(at++);
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'a' -> 0x07;
            case 'v' -> 0x0B;
            case 'x' -> hexadecimal();
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(c - '0');
            default -> c;
        };
    }

    private char octal(int first) {
        int code = first;
        for (int i = 0; i < 2 && at < pattern.length(); i++) {
            int digit = Character.digit(pattern.charAt(at), 8);
            if (digit < 0) {
                break;
            }
            code = code * 8 + digit;
            at++;
        }
        return (char) (code & 0xFF);
    }

    private char hexadecimal() {
        int end = ahead("{") ? after('}') : Math.min(at + 2, pattern.length());
        int code = 0;
        while (at < end) {
            int digit = Character.digit(pattern.charAt(at++), 16);
            code = digit < 0 ? code : Math.min(code * 16 + digit, 0xFF);
        }
        return (char) code;
    }

    private boolean ahead(String text) {
        return pattern.startsWith(text, at);
    }

    private int after(char c) {
        int found = pattern.indexOf(c, at);
        return found < 0 ? pattern.length() : found + 1;
    }
}
