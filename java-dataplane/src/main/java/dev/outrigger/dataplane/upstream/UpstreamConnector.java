// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.net.SocketAddress;
import java.time.Duration;

/** Opens upstream connections on one worker's own event loop. Confined to it. */
public final class UpstreamConnector {
    private final EventLoop eventLoop;
    private final ChannelFactory<? extends Channel> channels;
    private final ByteBufAllocator allocator;

    public UpstreamConnector(
            EventLoop eventLoop,
            ChannelFactory<? extends Channel> channels,
            ByteBufAllocator allocator) {
        this.eventLoop = eventLoop;
        this.channels = channels;
        this.allocator = allocator;
    }

    ChannelFuture connect(
            SocketAddress address, ChannelHandler handler, Duration timeout, int bufferLimitBytes) {
        int high = Math.max(2, bufferLimitBytes);
        return new Bootstrap()
                .group(eventLoop)
                .channelFactory(channels)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE))
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(high / 2, high))
                .handler(handler)
                .connect(address);
    }
}
