// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.accesslog.FormatString;

/** Checks format strings with command operators before anything runs them. */
final class FormatStrings {
    private FormatStrings() {}

    /**
     * The text is compiled as the request path will compile it, so both know the same operators.
     */
    static void check(String format, String path, Findings findings) {
        try {
            var _ = FormatString.parse(format, true);
        } catch (IllegalArgumentException e) {
            findings.invalid(path, format, String.valueOf(e.getMessage()));
        }
    }
}
