// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.util.ArrayList;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Takes upgrade types out of a request that nobody here offers ({@code ignore_http_11_upgrade}).
 */
final class UpgradeHeader {
    private UpgradeHeader() {}

    /**
     * Removes the types; with the last one goes the {@code upgrade} token of {@code connection}.
     */
    static void ignore(HeaderBlock headers, Predicate<String> ignored) {
        int upgrade = headers.find(KnownHeader.UPGRADE);
        var kept = new ArrayList<String>();
        for (String type : headers.value(upgrade).split(",", -1)) {
            String stripped = type.strip();
            if (!stripped.isEmpty() && !ignored.test(stripped)) {
                kept.add(stripped);
            }
        }
        if (!kept.isEmpty()) {
            headers.setValue(upgrade, Ascii.bytes(String.join(",", kept)));
            return;
        }
        headers.remove(KnownHeader.UPGRADE);
        int connection = headers.find(KnownHeader.CONNECTION);
        if (connection < 0) {
            return;
        }
        var tokens = new ArrayList<String>();
        for (String token : headers.value(connection).split(",", -1)) {
            String stripped = token.strip();
            if (!stripped.isEmpty() && !stripped.toLowerCase(Locale.ROOT).equals("upgrade")) {
                tokens.add(stripped);
            }
        }
        if (tokens.isEmpty()) {
            headers.remove(KnownHeader.CONNECTION);
        } else {
            headers.setValue(connection, Ascii.bytes(String.join(",", tokens)));
        }
    }
}
