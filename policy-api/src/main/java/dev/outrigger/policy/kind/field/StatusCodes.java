// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Lists of status codes: numbers, and classes such as {@code "5xx"}. */
public final class StatusCodes {
    private static final Pattern CLASS = Pattern.compile("[1-5]xx");
    private static final int MAX_ITEMS = 200;

    private StatusCodes() {}

    /** The codes of a list, classes expanded. */
    public static SortedSet<Integer> read(DocumentNode list, int min, int max) {
        var codes = new TreeSet<Integer>();
        for (DocumentNode item : list.items(0, MAX_ITEMS)) {
            if (item.isInteger()) {
                item.intIn(min, max).ifPresent(codes::add);
            } else if (item.isString()) {
                readClass(item, min, max, codes);
            } else {
                item.wrongType("a status code such as 503 or a class such as \"5xx\"");
            }
        }
        return codes;
    }

    private static void readClass(DocumentNode item, int min, int max, SortedSet<Integer> codes) {
        String text = item.string(64).orElse("");
        int first = CLASS.matcher(text).matches() ? (text.charAt(0) - '0') * 100 : -1;
        if (first < min || first > max) {
            item.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text)
                            + " is not a status code (expected: a number "
                            + min
                            + ".."
                            + max
                            + " without quotes, or a class such as \""
                            + max / 100
                            + "xx\").");
            return;
        }
        for (int code = first; code < first + 100; code++) {
            codes.add(code);
        }
    }
}
