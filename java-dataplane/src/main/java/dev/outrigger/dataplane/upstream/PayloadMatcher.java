// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.List;

/** Looks for parts of an answer. */
final class PayloadMatcher {
    private PayloadMatcher() {}

    /** Whether the parts are all there, in this order, whatever lies between them. */
    static boolean matches(List<String> parts, CharSequence answer) {
        String text = answer.toString();
        int from = 0;
        for (String part : parts) {
            int found = text.indexOf(part, from);
            if (found < 0) {
                return false;
            }
            from = found + part.length();
        }
        return true;
    }
}
