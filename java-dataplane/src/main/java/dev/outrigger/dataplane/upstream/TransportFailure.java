// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.tls.TlsException;
import io.netty.channel.ChannelException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Envoy's words for what kept a connection from being made. */
final class TransportFailure {
    private TransportFailure() {}

    /** The system's error, as it appears in response code details (Y9); empty for none. */
    static String text(StreamReset reason, @Nullable Throwable cause) {
        if (cause == null
                || reason == StreamReset.CONNECTION_TIMEOUT
                || cause instanceof ChannelException) {
            return "";
        }
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
        } else if (!lower.contains("refused")) {
            text = message;
        }
        return "delayed connect error: " + text;
    }
}
