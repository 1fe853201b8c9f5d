// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.Locale;

/** Why connecting failed, in the words of Envoy's details and logs (Y9). */
final class ConnectFailures {
    private ConnectFailures() {}

    static String text(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        String text = "Connection refused";
        if (lower.contains("no route to host")) {
            text = "No route to host";
        } else if (lower.contains("unreachable")) {
            text = "Network is unreachable";
        } else if (lower.contains("no such file")) {
            text = "No such file or directory";
        } else if (!lower.contains("refused")) {
            text = message;
        }
        return "delayed connect error: " + text;
    }
}
