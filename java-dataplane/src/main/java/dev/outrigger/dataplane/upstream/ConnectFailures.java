// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.tls.TlsException;
import java.io.FileNotFoundException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Why connecting failed, in the words of Envoy's details and logs (Y9). */
final class ConnectFailures {
    private ConnectFailures() {}

    static String text(Throwable cause, InetSocketAddress address) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof TlsException) {
            return message;
        }
        String lower = message.toLowerCase(Locale.ROOT);
        String text = "Connection refused";
        if (lower.contains("no route to host")) {
            text = "No route to host";
        } else if (lower.contains("unreachable")) {
            text = "Network is unreachable";
        } else if (cause instanceof FileNotFoundException) {
            text = "No such file or directory";
        } else if (!lower.contains("refused")) {
            text = message;
        }
        // Connecting to a Unix domain socket does not take time.
        return PipeAddress.isPipe(address)
                ? "immediate connect error: "
                        + text
                        + "|remote address:"
                        + PipeAddress.path(address)
                : "delayed connect error: " + text;
    }
}
