// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import java.util.regex.Pattern;

/** A name in which {@code *} stands for any text. */
record Wildcard(Pattern pattern) {

    static Wildcard of(String text) {
        var pattern = new StringBuilder();
        for (var part : text.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return new Wildcard(Pattern.compile(pattern.toString(), Pattern.DOTALL));
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }
}
