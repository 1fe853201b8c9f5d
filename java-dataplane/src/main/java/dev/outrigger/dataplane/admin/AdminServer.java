// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import dev.outrigger.dataplane.ads.NettyMainLoop;
import dev.outrigger.dataplane.config.AdminConfig;
import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.state.ConfigAssembler;
import dev.outrigger.dataplane.state.RequestPath;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.worker.GlobalConnections;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The admin socket, with Envoy's paths and formats (AD1 to AD8). Requests run on the main loop, one
 * after the other, so that every answer is one consistent view.
 *
 * <p>Lifecycle: {@link #start} binds, {@link #close} ends the socket and its connections.
 */
public final class AdminServer implements AutoCloseable {
    /** Envoy reads no bodies on admin paths; this bounds what a client can make us hold. */
    private static final int MAX_BODY_BYTES = 64 << 10;

    private final NettyMainLoop loop;
    private final AdminRoutes routes;
    private final ChannelGroup connections;
    private final RuntimeLayers runtime;
    private final GlobalConnections global;
    private @Nullable Channel server;
    private @Nullable InetSocketAddress boundAddress;

    public AdminServer(
            NettyMainLoop loop,
            ConfigAssembler state,
            RequestPath requestPath,
            StatsStore stats,
            RuntimeLayers runtime,
            ProcessInfo process,
            ProcessActions actions) {
        this.loop = loop;
        this.runtime = runtime;
        this.global = requestPath.connections();
        this.routes = AdminRoutes.of(loop, state, requestPath, stats, runtime, process, actions);
        this.connections = new DefaultChannelGroup(loop.eventLoop());
    }

    /**
     * Binds. Not on the main loop.
     *
     * @return the address with the port in use
     * @throws IOException when the address cannot be bound
     */
    public InetSocketAddress start(AdminConfig config) throws IOException {
        InetSocketAddress address = config.address();
        var bootstrap =
                new ServerBootstrap()
                        .group(loop.eventLoop())
                        .channel(loop.serverSocketType(address))
                        .handler(new AcceptCount(routes.stats()))
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        if (!admit(channel, config)) {
                                            channel.close();
                                            return;
                                        }
                                        connections.add(channel);
                                        channel.pipeline()
                                                .addLast(new AdminConnection(routes))
                                                .addLast(new HttpServerCodec())
                                                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES))
                                                .addLast(new AdminHandler(routes));
                                    }
                                });
        boolean pipe = PipeAddress.isPipe(address);
        if (!pipe) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true);
        } else if (!PipeAddress.isAbstract(PipeAddress.path(address))) {
            // In place of a file that is there already, as in Envoy.
            Files.deleteIfExists(Path.of(PipeAddress.path(address)));
        }
        ChannelFuture bound = bootstrap.bind(loop.socketAddress(address)).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot bind '" + address + "': " + bound.cause().getMessage(), bound.cause());
        }
        server = bound.channel();
        boundAddress = pipe ? address : (InetSocketAddress) bound.channel().localAddress();
        return boundAddress;
    }

    private boolean admit(Channel channel, AdminConfig config) {
        if (!global.admit(runtime.snapshot(), !config.ignoreGlobalConnectionLimit())) {
            routes.stats().onGlobalOverflow();
            return false;
        }
        channel.closeFuture().addListener(_ -> global.release());
        return true;
    }

    /** The address with the port in use. After {@link #start}. */
    public InetSocketAddress boundAddress() {
        InetSocketAddress bound = boundAddress;
        if (bound == null) {
            throw new IllegalStateException("boundAddress (expected: started)");
        }
        return bound;
    }

    /** Stops accepting and closes every connection once what was written has left. */
    @Override
    public void close() {
        Channel bound = server;
        if (bound != null) {
            bound.close();
        }
        connections.close();
    }

    /** Counts how many connections one event brought. */
    private static final class AcceptCount extends ChannelInboundHandlerAdapter {
        private final AdminStats stats;
        private int accepted;

        AcceptCount(AdminStats stats) {
            this.stats = stats;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            accepted++;
            ctx.fireChannelRead(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            if (accepted > 0) {
                stats.onAccepted(accepted);
                accepted = 0;
            }
            ctx.fireChannelReadComplete();
        }
    }
}
