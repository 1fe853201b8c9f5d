// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;

/** Puts two handlers into a new channel instead of itself; the first is next to the socket. */
final class Layers extends ChannelInitializer<Channel> {
    private final ChannelHandler lower;
    private final ChannelHandler upper;

    Layers(ChannelHandler lower, ChannelHandler upper) {
        this.lower = lower;
        this.upper = upper;
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.pipeline().addLast(lower, upper);
    }
}
