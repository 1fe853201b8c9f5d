// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.re2j.PatternSyntaxException;

/** RE2/J's errors in the words of the RE2 that Envoy uses. */
final class Re2Errors {
    private Re2Errors() {}

    static String text(PatternSyntaxException e) {
        String description =
                switch (e.getDescription()) {
                    case "missing closing )" -> "missing )";
                    case "missing closing ]" -> "missing ]";
                    default -> e.getDescription();
                };
        return description + ": " + e.getPattern();
    }
}
