// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.function.LongSupplier;

/**
 * The time to a client and back as Linux measures it, asked for only when somebody wants to know.
 * Once the connection is closed the last answer stays. Confined to the connection's event loop.
 */
final class RoundTrip implements LongSupplier {
    private final EpollSocketChannel channel;
    private long lastMillis = -1;

    private RoundTrip(EpollSocketChannel channel) {
        this.channel = channel;
    }

    /** Negative for every connection that is no TCP connection of Linux's. */
    static LongSupplier of(Channel channel) {
        return channel instanceof EpollSocketChannel tcp ? new RoundTrip(tcp) : RoundTrip::unknown;
    }

    private static long unknown() {
        return -1;
    }

    @Override
    public long getAsLong() {
        if (channel.isOpen()) {
            try {
                lastMillis = channel.tcpInfo().rtt() / 1_000;
            } catch (ChannelException _) {
                // Closed by now: what was known of it stays.
            }
        }
        return lastMillis;
    }
}
