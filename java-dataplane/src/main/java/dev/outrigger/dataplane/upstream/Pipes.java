// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.PipeAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;

/** Connections to Unix domain sockets. */
final class Pipes {
    private Pipes() {}

    static ChannelFuture connect(
            EventLoop eventLoop,
            boolean epoll,
            ByteBufAllocator allocator,
            InetSocketAddress address,
            ChannelHandler handler,
            Duration timeout,
            int highWaterMark) {
        String path = PipeAddress.path(address);
        SocketAddress remote =
                epoll ? new DomainSocketAddress(name(path)) : UnixDomainSocketAddress.of(path);
        return new Bootstrap()
                .group(eventLoop)
                .channel(epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE))
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(highWaterMark / 2, highWaterMark))
                .handler(handler)
                .connect(remote);
    }

    /** The system's form of a name: a zero byte begins an abstract one. */
    private static String name(String path) {
        return PipeAddress.isAbstract(path) ? '\0' + path.substring(1) : path;
    }
}
