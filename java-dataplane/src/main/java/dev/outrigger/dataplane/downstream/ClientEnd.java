// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;

/** Whether a client has ended its side, asked of Linux without reading what it sent before. */
final class ClientEnd {
    private static final int TCP_ESTABLISHED = 1;

    private ClientEnd() {}

    /** False for a connection that is no TCP connection of Linux's: that is read as ever. */
    static boolean isKnown(Channel channel) {
        if (!(channel instanceof EpollSocketChannel tcp)) {
            return false;
        }
        try {
            EpollTcpInfo info = tcp.tcpInfo();
            return info.state() != TCP_ESTABLISHED;
        } catch (ChannelException _) {
            return true;
        }
    }
}
