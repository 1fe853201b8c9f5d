// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.message.ConnectionInfo;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The bound sockets of one listener address: one per worker where the system can share a port among
 * sockets, else one whose connections are spread over the workers. Main loop only.
 */
final class ListeningSockets {
    /** Linux caps this at {@code net.core.somaxconn}: Envoy's "system maximum". */
    private static final int MAX_BACKLOG = 65535;

    private final SocketAddress configured;
    private final List<Channel> channels = new ArrayList<>();

    private ListeningSockets(SocketAddress configured) {
        this.configured = configured;
    }

    /**
     * Binds without accepting.
     *
     * @param initializer is given each accepted channel on its own event loop
     * @throws IOException in Envoy's words
     */
    static ListeningSockets bind(
            ListenerConfig listener,
            Transport transport,
            EventLoopGroup group,
            List<Worker> workers,
            ByteBufAllocator allocator,
            Consumer<Channel> initializer)
            throws IOException {
        var sockets = new ListeningSockets(listener.address());
        boolean perWorker = workers.size() > 1 && transport.canReusePort();
        SocketAddress address = listener.address();
        try {
            for (Worker worker : perWorker ? workers : workers.subList(0, 1)) {
                EventLoopGroup children = perWorker ? worker.eventLoop() : group;
                Channel channel =
                        bindOne(
                                listener,
                                transport,
                                worker,
                                children,
                                perWorker,
                                address,
                                allocator,
                                initializer);
                sockets.channels.add(channel);
                address = channel.localAddress();
            }
        } catch (IOException e) {
            sockets.close();
            throw e;
        }
        return sockets;
    }

    private static Channel bindOne(
            ListenerConfig listener,
            Transport transport,
            Worker worker,
            EventLoopGroup children,
            boolean reusePort,
            SocketAddress address,
            ByteBufAllocator allocator,
            Consumer<Channel> initializer)
            throws IOException {
        int backlog = listener.tcpBacklogSize() < 0 ? MAX_BACKLOG : listener.tcpBacklogSize();
        int high = Math.max(2, listener.perConnectionBufferLimitBytes());
        var bootstrap =
                new ServerBootstrap()
                        .group(worker.eventLoop(), children)
                        .channelFactory(transport.serverChannels())
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.SO_BACKLOG, backlog)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.ALLOCATOR, allocator)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(high / 2, high))
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        initializer.accept(channel);
                                    }
                                });
        if (reusePort) {
            bootstrap.option(EpollChannelOption.SO_REUSEPORT, true);
        }
        ChannelFuture future = bootstrap.bind(address).awaitUninterruptibly();
        Throwable failure = future.cause();
        if (failure != null) {
            throw new IOException(
                    "cannot bind '" + text(address) + "': " + reason(failure), failure);
        }
        return future.channel();
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? ConnectionInfo.text(inet)
                : address.toString();
    }

    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("already in use")) {
            return "Address already in use";
        }
        if (message.contains("ermission denied")) {
            return "Permission denied";
        }
        if (message.contains("annot assign")) {
            return "Cannot assign requested address";
        }
        return message;
    }

    boolean isFor(SocketAddress address) {
        return configured.equals(address);
    }

    /** The address in use, a configured port 0 resolved. */
    SocketAddress localAddress() {
        return channels.getFirst().localAddress();
    }

    /**
     * @param counting makes what watches a socket accept
     */
    void accept(Function<Channel, ChannelHandler> counting) {
        for (Channel channel : channels) {
            channel.pipeline().addFirst(counting.apply(channel));
            channel.config().setAutoRead(true);
        }
    }

    /** Stops listening; accepted connections live on. */
    void close() {
        for (Channel channel : channels) {
            channel.close().awaitUninterruptibly();
        }
    }

    /** Stops listening without waiting for it. */
    void closeAsync() {
        for (Channel channel : channels) {
            channel.close();
        }
    }
}
