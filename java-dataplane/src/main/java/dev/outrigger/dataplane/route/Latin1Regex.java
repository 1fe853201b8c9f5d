// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Pattern;

/** RE2 patterns over bytes, one character for each, as Envoy compiles them (M7). */
final class Latin1Regex {
    private Latin1Regex() {}

    /** Compiles a pattern that was checked before. */
    static Pattern compile(String pattern) {
        return Pattern.compile(new String(pattern.getBytes(UTF_8), ISO_8859_1));
    }
}
