// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * {@code envoy.filters.listener.original_dst}: where a connection was meant to go before a packet
 * filter redirected it (LF2).
 */
final class OriginalDst implements ListenerFilter.Session {
    static final OriginalDst INSTANCE = new OriginalDst();

    /** {@code SOL_IP} and {@code SOL_IPV6}; {@code SO_ORIGINAL_DST} is the same in both. */
    private static final int SOL_IP = 0;

    private static final int SOL_IPV6 = 41;
    private static final int SO_ORIGINAL_DST = 80;

    /** {@code struct sockaddr_in} and {@code struct sockaddr_in6}. */
    private static final RawUnixChannelOption V4 =
            new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, 16);

    private static final RawUnixChannelOption V6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, SO_ORIGINAL_DST, 28);

    private OriginalDst() {}

    @Override
    public ListenerFilter.Verdict onAccept(Channel channel, AcceptedSocket socket) {
        if (socket.directLocalAddress() instanceof InetSocketAddress local) {
            InetSocketAddress original =
                    read(channel, local.getAddress() instanceof Inet6Address ? V6 : V4);
            if (original != null) {
                socket.restoreLocalAddress(original);
            }
        }
        return ListenerFilter.Verdict.CONTINUE;
    }

    /** {@code null} where nothing was redirected, or the system cannot tell. */
    private static @Nullable InetSocketAddress read(Channel channel, RawUnixChannelOption option) {
        ByteBuffer address;
        try {
            address = channel.config().getOption(option);
        } catch (RuntimeException e) {
            // The connection is not tracked: it was not redirected.
            return null;
        }
        return address == null ? null : address(address);
    }

    /** Family, port, and for IPv6 the flow, then the address. */
    private static @Nullable InetSocketAddress address(ByteBuffer raw) {
        int port = ((raw.get(2) & 0xff) << 8) | (raw.get(3) & 0xff);
        boolean v6 = raw.capacity() > 16;
        var bytes = new byte[v6 ? 16 : 4];
        raw.get(v6 ? 8 : 4, bytes);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("bytes of an address are an address", e);
        }
    }

    @Override
    public ListenerFilter.Verdict onData(ByteBuf data, AcceptedSocket socket) {
        return ListenerFilter.Verdict.CONTINUE;
    }
}
