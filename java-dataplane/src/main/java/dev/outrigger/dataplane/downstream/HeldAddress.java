// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * An address that is ours before anybody is let in: its socket is bound and does not listen, so
 * that who connects is refused rather than left waiting (WA4). A socket that listens may be bound
 * beside it, as Linux allows among sockets that say the same of reuse.
 */
final class HeldAddress implements AutoCloseable {
    private final SocketChannel socket;

    private HeldAddress(SocketChannel socket) {
        this.socket = socket;
    }

    /**
     * Binds.
     *
     * @param address whose port 0 is any that is free
     * @param reusePort as the sockets say that will listen
     */
    static HeldAddress hold(InetSocketAddress address, boolean reusePort) throws IOException {
        var family =
                address.getAddress() instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET;
        var socket = SocketChannel.open(family);
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (reusePort) {
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            socket.bind(address);
            return new HeldAddress(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** With the port that was free. */
    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) socket.getLocalAddress();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
