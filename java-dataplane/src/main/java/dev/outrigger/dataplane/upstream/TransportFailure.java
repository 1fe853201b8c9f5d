// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.StreamReset;
import io.netty.channel.ChannelException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Envoy's words for what kept a connection from being made. */
final class TransportFailure {
    private TransportFailure() {}

    /** The system's error, as it appears in response code details (Y9); empty for none. */
    static String text(StreamReset reason, @Nullable Throwable cause, InetSocketAddress address) {
        boolean silent =
                reason == StreamReset.CONNECTION_TIMEOUT || cause instanceof ChannelException;
        return cause == null || silent ? "" : ConnectFailures.text(cause, address);
    }
}
