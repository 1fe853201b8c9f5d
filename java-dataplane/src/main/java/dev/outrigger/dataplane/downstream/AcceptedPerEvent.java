// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Records how many connections one event of a listening socket brought. Confined to the socket's
 * event loop.
 */
final class AcceptedPerEvent extends ChannelInboundHandlerAdapter {
    private final StatsShard shard;
    private final Histogram histogram;
    private int accepted;

    AcceptedPerEvent(StatsShard shard, Histogram histogram) {
        this.shard = shard;
        this.histogram = histogram;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        accepted++;
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (accepted > 0) {
            shard.record(histogram, accepted);
            accepted = 0;
        }
        ctx.fireChannelReadComplete();
    }
}
