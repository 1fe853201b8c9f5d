// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.ListenerConfig;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.util.Map;
import java.util.function.Consumer;

/** How the accepted channels of one listener are set up. Immutable. */
final class AcceptedChannels {
    /** A request with a small body comes in one read, as with Envoy, however little came before. */
    private static final RecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(2048, 2048, 65_536).maxMessagesPerRead(16);

    private final Map<ChannelOption<?>, Object> options;
    private final Consumer<Channel> initializer;

    AcceptedChannels(ListenerConfig listener, ListeningSockets.Acceptor acceptor) {
        int high = Math.max(2, listener.perConnectionBufferLimitBytes());
        this.initializer = acceptor.initializer();
        this.options =
                Map.of(
                        ChannelOption.ALLOCATOR,
                        acceptor.allocator(),
                        ChannelOption.TCP_NODELAY,
                        true,
                        ChannelOption.RECVBUF_ALLOCATOR,
                        READS,
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(high / 2, high));
    }

    Map<ChannelOption<?>, Object> options() {
        return options;
    }

    /** Sets a channel up that no bootstrap does. */
    @SuppressWarnings("unchecked") // an option and its value were put in together
    void prepare(Channel channel) {
        options.forEach((option, value) ->
                channel.config().setOption((ChannelOption<Object>) option, value));
        channel.pipeline().addLast(handler());
    }

    ChannelHandler handler() {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                initializer.accept(channel);
            }
        };
    }
}
