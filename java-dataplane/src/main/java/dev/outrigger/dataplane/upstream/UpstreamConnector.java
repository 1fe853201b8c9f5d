// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.UpstreamSockets;
import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.config.SocketOptionConfig;
import dev.outrigger.dataplane.config.SocketOptionConfig.State;
import dev.outrigger.dataplane.config.XdsClusterConfig.TcpKeepalive;
import dev.outrigger.dataplane.worker.SocketOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.PromiseNotifier;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens upstream connections on one event loop. Confined to it. */
public final class UpstreamConnector {
    private final EventLoop eventLoop;
    private final ChannelFactory<? extends Channel> channels;
    private final ByteBufAllocator allocator;
    private final boolean epoll;

    public UpstreamConnector(
            EventLoop eventLoop,
            ChannelFactory<? extends Channel> channels,
            ByteBufAllocator allocator) {
        this.eventLoop = eventLoop;
        this.channels = channels;
        this.allocator = allocator;
        this.epoll =
                eventLoop instanceof io.netty.channel.IoEventLoop io
                        && io.isIoType(EpollIoHandler.class);
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    /**
     * Connects; done when what is connected can be spoken on.
     *
     * @param tls what stands between socket and handler; {@code null} for cleartext
     * @param timeout of the socket; that of a handshake is its handler's
     */
    ChannelFuture connect(
            InetSocketAddress address,
            @Nullable ChannelHandler tls,
            ChannelHandler handler,
            Duration timeout,
            int bufferLimitBytes,
            UpstreamSockets sockets) {
        int high = Math.max(2, bufferLimitBytes);
        if (PipeAddress.isPipe(address)) {
            return Pipes.connect(
                    eventLoop,
                    epoll,
                    allocator,
                    address,
                    tls == null ? handler : new Layers(tls, handler),
                    timeout,
                    high);
        }
        var bootstrap =
                new Bootstrap()
                        .group(eventLoop)
                        .channelFactory(
                                sockets.options().isEmpty()
                                        ? channels
                                        : () -> withOptions(sockets.options()))
                        .option(ChannelOption.ALLOCATOR, allocator)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE))
                        .option(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(high / 2, high))
                        .handler(tls == null ? handler : new Layers(tls, handler));
        if (epoll && sockets.freebind().isPresent()) {
            bootstrap.option(EpollChannelOption.IP_FREEBIND, sockets.freebind().get());
        }
        sockets.tcpKeepalive().ifPresent(keepalive -> keepAlive(bootstrap, keepalive));
        InetSocketAddress source = source(sockets, address);
        return connectNow(bootstrap, address, source);
    }

    /**
     * Connects within this event, as Envoy does, so that no answer of the proxy's own is there
     * before; {@link Bootstrap#connect} would do so in a later one. What comes of it is told later
     * in any case.
     */
    private ChannelFuture connectNow(
            Bootstrap bootstrap, InetSocketAddress address, @Nullable InetSocketAddress source) {
        ChannelFuture registered = bootstrap.register();
        Channel channel = registered.channel();
        ChannelPromise told = channel.newPromise();
        if (!registered.isDone()) {
            registered.addListener(done -> connect(channel, address, source, told));
            return told;
        }
        if (!registered.isSuccess()) {
            return registered;
        }
        ChannelPromise connecting = channel.newPromise();
        connect(channel, address, source, connecting);
        if (!connecting.isDone()) {
            return connecting;
        }
        eventLoop.execute(() -> PromiseNotifier.cascade(connecting, told));
        return told;
    }

    private static void connect(
            Channel channel,
            InetSocketAddress address,
            @Nullable InetSocketAddress source,
            ChannelPromise told) {
        // A channel that could not be registered fails this too.
        told.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        channel.connect(address, source, told);
    }

    /** A socket with what must be set before it connects; a failure fails the connecting. */
    private Channel withOptions(List<SocketOptionConfig> options) {
        Channel channel = channels.newChannel();
        try {
            SocketOptions.apply(channel, options, State.PREBIND);
            return channel;
        } catch (IOException e) {
            channel.unsafe().closeForcibly();
            throw new ChannelException(e.getMessage(), e);
        }
    }

    /** The source address of the destination's family, else the first (CP9). */
    private static @Nullable InetSocketAddress source(
            UpstreamSockets sockets, InetSocketAddress to) {
        if (sockets.bindAddresses().isEmpty()) {
            return null;
        }
        for (InetSocketAddress source : sockets.bindAddresses()) {
            if (source.getAddress().getClass() == to.getAddress().getClass()) {
                return source;
            }
        }
        return sockets.bindAddresses().getFirst();
    }

    /** Times need epoll; elsewhere the operating system's stay. */
    private void keepAlive(Bootstrap bootstrap, TcpKeepalive keepalive) {
        bootstrap.option(ChannelOption.SO_KEEPALIVE, true);
        if (!epoll) {
            return;
        }
        keepalive.probes().ifPresent(n -> bootstrap.option(EpollChannelOption.TCP_KEEPCNT, n));
        keepalive
                .time()
                .ifPresent(t ->
                        bootstrap.option(
                                EpollChannelOption.TCP_KEEPIDLE, Math.toIntExact(t.toSeconds())));
        keepalive
                .interval()
                .ifPresent(t ->
                        bootstrap.option(
                                EpollChannelOption.TCP_KEEPINTVL, Math.toIntExact(t.toSeconds())));
    }
}
