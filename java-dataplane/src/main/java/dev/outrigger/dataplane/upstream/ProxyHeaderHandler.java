// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ProxyProtocolConfig;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Tells a host on whose behalf a connection is made, before anything else is written on it. Stands
 * next to the socket; confined to the connection's event loop.
 */
final class ProxyHeaderHandler extends ChannelOutboundHandlerAdapter {
    private final ProxyProtocolConfig config;
    private final @Nullable ProxiedConnection proxied;
    private final StatsShard shard;
    private final StatsStore.Counter sentBytes;

    /**
     * @param proxied {@code null} for a connection of the proxy's own
     */
    ProxyHeaderHandler(
            ProxyProtocolConfig config,
            @Nullable ProxiedConnection proxied,
            StatsShard shard,
            StatsStore.Counter sentBytes) {
        this.config = config;
        this.proxied = proxied;
        this.shard = shard;
        this.sentBytes = sentBytes;
    }

    @Override
    public void connect(
            ChannelHandlerContext ctx,
            SocketAddress remoteAddress,
            @Nullable SocketAddress localAddress,
            ChannelPromise promise) {
        ChannelPromise connected = ctx.newPromise();
        connected.addListener(done -> {
            if (done.isSuccess()) {
                // Before anybody who waits for the connection can write.
                ByteBuf header = ProxyHeaders.of(config, proxied, ctx.channel());
                shard.add(sentBytes, header.readableBytes());
                ctx.writeAndFlush(header, ctx.voidPromise());
                var _ = promise.trySuccess();
            } else {
                var _ = promise.tryFailure(done.cause());
            }
        });
        ctx.connect(remoteAddress, localAddress, connected);
    }
}
