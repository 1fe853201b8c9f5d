// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a value sits in its document, as a chain from the root. Immutable; rendered as an RFC 6901
 * pointer in its URI fragment form, for example {@code #/spec/rules/0/name}.
 */
public final class FieldPath {
    public static final FieldPath ROOT = new FieldPath(null, "");

    private final @Nullable FieldPath parent;
    private final String token;

    private FieldPath(@Nullable FieldPath parent, String token) {
        this.parent = parent;
        this.token = token;
    }

    /** A path of several steps: strings name fields, integers count items from 0. */
    public static FieldPath of(Object... steps) {
        FieldPath path = ROOT;
        for (Object step : steps) {
            path = new FieldPath(path, step.toString());
        }
        return path;
    }

    public FieldPath child(String field) {
        return new FieldPath(this, field);
    }

    public FieldPath child(int index) {
        return new FieldPath(this, Integer.toString(index));
    }

    /** The steps from the root, unescaped. */
    public List<String> tokens() {
        Deque<String> tokens = new ArrayDeque<>();
        FieldPath at = this;
        while (at.parent != null) {
            tokens.addFirst(at.token);
            at = at.parent;
        }
        return List.copyOf(tokens);
    }

    /** RFC 6901 section 6: {@code ~} and {@code /} escaped, then percent-encoded for a fragment. */
    public String pointer() {
        var out = new StringBuilder("#");
        for (String step : tokens()) {
            out.append('/');
            for (byte b : step.getBytes(StandardCharsets.UTF_8)) {
                append(out, b & 0xff);
            }
        }
        return out.toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldPath path && tokens().equals(path.tokens());
    }

    @Override
    public int hashCode() {
        return tokens().hashCode();
    }

    @Override
    public String toString() {
        return pointer();
    }

    private static void append(StringBuilder out, int octet) {
        if (octet == '~') {
            out.append("~0");
        } else if (octet == '/') {
            out.append("~1");
        } else if (octet < 0x80 && isFragmentChar((char) octet)) {
            out.append((char) octet);
        } else {
            out.append('%').append(String.format("%02X", octet));
        }
    }

    /** RFC 3986 section 3.5, without the characters escaped above. */
    private static boolean isFragmentChar(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "-._!$&'()*+,;=:@?".indexOf(c) >= 0;
    }
}
