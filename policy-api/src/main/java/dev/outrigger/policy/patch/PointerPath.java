// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.patch;

import java.util.ArrayList;
import java.util.List;

/** A JSON Pointer (RFC 6901) as its unescaped tokens. Immutable. */
record PointerPath(List<String> tokens) {
    static final PointerPath ROOT = new PointerPath(List.of());

    PointerPath {
        tokens = List.copyOf(tokens);
    }

    static PointerPath parse(String text) throws PatchFailure {
        if (text.isEmpty()) {
            return ROOT;
        }
        if (text.charAt(0) != '/') {
            throw PatchFailure.malformed(
                    "'"
                            + text
                            + "' is not a JSON Pointer (expected: empty or beginning with '/').");
        }
        var tokens = new ArrayList<String>();
        for (String part : text.substring(1).split("/", -1)) {
            tokens.add(part.replace("~1", "/").replace("~0", "~"));
        }
        return new PointerPath(tokens);
    }

    PointerPath child(String token) {
        var longer = new ArrayList<>(tokens);
        longer.add(token);
        return new PointerPath(longer);
    }

    PointerPath parent() {
        return new PointerPath(tokens.subList(0, tokens.size() - 1));
    }

    String last() {
        return tokens.getLast();
    }

    boolean isRoot() {
        return tokens.isEmpty();
    }

    /** Whether the other one lies within what this one names, but is not it. */
    boolean contains(PointerPath other) {
        return other.tokens.size() > tokens.size()
                && other.tokens.subList(0, tokens.size()).equals(tokens);
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (String token : tokens) {
            text.append('/').append(token.replace("~", "~0").replace("/", "~1"));
        }
        return text.toString();
    }
}
