// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import com.google.re2j.Pattern;
import dev.outrigger.dataplane.message.WireText;

/** RE2 patterns over bytes, one character for each, as Envoy compiles them (M7). */
final class Latin1Regex {
    private Latin1Regex() {}

    /** Compiles a pattern that was checked before. */
    static Pattern compile(String pattern) {
        return Pattern.compile(WireText.of(pattern));
    }
}
