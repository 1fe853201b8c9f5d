// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Gives each accepted connection of a listener to the worker with the fewest of its connections
 * ({@code exact_balance}). Shared by the workers.
 */
final class ConnectionBalancer {
    private final List<Worker> workers;
    private final AtomicIntegerArray connections;

    ConnectionBalancer(List<Worker> workers) {
        this.workers = workers;
        this.connections = new AtomicIntegerArray(workers.size());
    }

    /** A handler for a listening socket, in place of the bootstrap's own. */
    ChannelHandler balancing(AcceptedChannels accepted) {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                var channel = (Channel) message;
                int chosen = take();
                channel.closeFuture().addListener(_ -> connections.decrementAndGet(chosen));
                accepted.prepare(channel);
                workers.get(chosen)
                        .eventLoop()
                        .register(channel)
                        .addListener(done -> {
                            if (!done.isSuccess()) {
                                channel.unsafe().closeForcibly();
                            }
                        });
            }
        };
    }

    /** Counts the connection before it is handed over, so that the next choice sees it. */
    private synchronized int take() {
        int fewest = 0;
        for (int i = 1; i < workers.size(); i++) {
            if (connections.get(i) < connections.get(fewest)) {
                fewest = i;
            }
        }
        connections.incrementAndGet(fewest);
        return fewest;
    }
}
