// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.ListenSocketsConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig.ListenAddress;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.config.SocketOptionConfig.State;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.worker.SocketOptions;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bound sockets of one listener: for each of its addresses one per worker where the system can
 * share a port among sockets and the listener wants it, else one whose connections are spread over
 * the workers. A listener that does not bind has none. Main loop only.
 */
final class ListeningSockets {
    /** Linux caps this at {@code net.core.somaxconn}: Envoy's "system maximum". */
    private static final int MAX_BACKLOG = 65535;

    private static final Logger log = LoggerFactory.getLogger(ListeningSockets.class);

    private final ListenerConfig listener;
    private final Acceptor acceptor;
    private final List<SocketAddress> local = new ArrayList<>();
    private final List<Channel> channels = new ArrayList<>();
    private final List<HeldAddress> held = new ArrayList<>();
    private boolean accepting;

    private ListeningSockets(ListenerConfig listener, Acceptor acceptor) {
        this.listener = listener;
        this.acceptor = acceptor;
    }

    /**
     * Where accepted connections go.
     *
     * @param group takes turns among all workers
     * @param balancer spreads them exactly, for listeners that want that
     * @param initializer is given each accepted channel on its own event loop
     */
    record Acceptor(
            Transport transport,
            EventLoopGroup group,
            List<Worker> workers,
            ConnectionBalancer balancer,
            ByteBufAllocator allocator,
            Consumer<Channel> initializer) {}

    /**
     * Binds without accepting; without listening either, where no option says more of the socket.
     *
     * @throws IOException in Envoy's words
     */
    static ListeningSockets bind(ListenerConfig listener, Acceptor acceptor) throws IOException {
        var sockets = new ListeningSockets(listener, acceptor);
        try {
            for (ListenAddress each : listener.sockets().addresses()) {
                if (listener.sockets().bindToPort()) {
                    sockets.take(each);
                } else {
                    sockets.local.add(each.address());
                }
            }
        } catch (IOException e) {
            sockets.close();
            throw e;
        }
        return sockets;
    }

    private void take(ListenAddress configured) throws IOException {
        if (isPipe(configured.address())) {
            channels.add(bindPipe(listener, configured, acceptor));
            local.add(configured.address());
        } else if (configured.address() instanceof InetSocketAddress inet && mayHold(configured)) {
            held.add(hold(inet));
            local.add(held.getLast().address());
        } else {
            local.add(bindAll(configured));
        }
    }

    /**
     * Options belong to the socket that listens, and a failure to set them to its configuration.
     */
    private boolean mayHold(ListenAddress configured) {
        ListenSocketsConfig sockets = listener.sockets();
        return acceptor.transport().canReusePort()
                && configured.options().isEmpty()
                && sockets.fastOpenQueueLength().isEmpty()
                && sockets.freebind().isEmpty()
                && sockets.transparent().isEmpty();
    }

    private HeldAddress hold(InetSocketAddress address) throws IOException {
        try {
            return HeldAddress.hold(address, reusesPort());
        } catch (IOException e) {
            throw new IOException("cannot bind '" + text(address) + "': " + reason(e), e);
        }
    }

    private boolean reusesPort() {
        return listener.sockets().reusePort() && acceptor.transport().canReusePort();
    }

    /** Binds and listens; returns where. */
    private SocketAddress bindAll(ListenAddress configured) throws IOException {
        boolean reusePort = reusesPort();
        List<Worker> workers = acceptor.workers();
        ListenAddress at = configured;
        for (Worker worker : reusePort ? workers : workers.subList(0, 1)) {
            EventLoopGroup children = reusePort ? worker.eventLoop() : acceptor.group();
            Channel channel = bindOne(listener, at, worker, children, reusePort, acceptor);
            channels.add(channel);
            at = new ListenAddress(channel.localAddress(), at.options());
        }
        return at.address();
    }

    private static boolean isPipe(SocketAddress address) {
        return address instanceof InetSocketAddress inet && PipeAddress.isPipe(inet);
    }

    /** A Unix domain socket, in place of a file that is there already, as in Envoy. */
    private static Channel bindPipe(ListenerConfig listener, ListenAddress at, Acceptor acceptor)
            throws IOException {
        Worker worker = acceptor.workers().getFirst();
        var accepted = new AcceptedChannels(listener, acceptor);
        var bootstrap =
                new ServerBootstrap()
                        .group(worker.eventLoop(), acceptor.group())
                        .channelFactory(() -> acceptor.transport().serverPipes().newChannel())
                        .option(ChannelOption.AUTO_READ, false);
        accepted.options()
                .forEach((option, value) -> {
                    if (!option.equals(ChannelOption.TCP_NODELAY)) {
                        child(bootstrap, option, value);
                    }
                });
        bootstrap.childHandler(accepted.handler());
        String path = text(at.address());
        boolean inFiles = !PipeAddress.isAbstract(path);
        if (inFiles) {
            Files.deleteIfExists(Path.of(path));
        }
        ChannelFuture future =
                bootstrap.bind(acceptor.transport().address(at.address())).awaitUninterruptibly();
        if (future.cause() != null) {
            throw new IOException(
                    "cannot bind '" + path + "': " + reason(future.cause()), future.cause());
        }
        if (inFiles && at.pipeMode() != 0) {
            Files.setAttribute(Path.of(path), "unix:mode", at.pipeMode());
        }
        return future.channel();
    }

    private static Channel bindOne(
            ListenerConfig listener,
            ListenAddress at,
            Worker worker,
            EventLoopGroup children,
            boolean reusePort,
            Acceptor acceptor)
            throws IOException {
        ListenSocketsConfig config = listener.sockets();
        int backlog = config.tcpBacklogSize() < 0 ? MAX_BACKLOG : config.tcpBacklogSize();
        var bootstrap =
                new ServerBootstrap()
                        .group(worker.eventLoop(), children)
                        .channelFactory(() -> create(acceptor.transport(), config, at))
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.SO_BACKLOG, backlog)
                        .option(ChannelOption.SO_REUSEADDR, true);
        var accepted = new AcceptedChannels(listener, acceptor);
        accepted.options().forEach((option, value) -> child(bootstrap, option, value));
        bootstrap.childHandler(accepted.handler());
        if (config.exactBalance()) {
            bootstrap.handler(
                    new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(acceptor.balancer().balancing(accepted));
                        }
                    });
        }
        if (reusePort) {
            bootstrap.option(EpollChannelOption.SO_REUSEPORT, true);
        }
        if (config.maxConnectionsToAccept() > 0) {
            bootstrap.option(
                    ChannelOption.RECVBUF_ALLOCATOR,
                    new io.netty.channel.FixedRecvByteBufAllocator(128)
                            .maxMessagesPerRead(config.maxConnectionsToAccept()));
        }
        config.fastOpenQueueLength()
                .ifPresent(length -> bootstrap.option(ChannelOption.TCP_FASTOPEN, length));
        ChannelFuture future = bootstrap.bind(at.address()).awaitUninterruptibly();
        Throwable failure = future.cause();
        if (failure instanceof ChannelException refused) {
            throw new IOException("ListenSocket: Setting socket options failed", refused);
        }
        if (failure != null) {
            throw new IOException(
                    "cannot bind '" + text(at.address()) + "': " + reason(failure), failure);
        }
        applyBound(listener.name(), future.channel(), at);
        return future.channel();
    }

    /** Sockets listen as soon as they are bound, so both later states are one. */
    private static void applyBound(String listener, Channel channel, ListenAddress at)
            throws IOException {
        String problem = listener + ": Setting socket options failed";
        try {
            SocketOptions.apply(channel, at.options(), State.BOUND);
            problem = "cannot set post-listen socket option on socket: " + text(at.address());
            SocketOptions.apply(channel, at.options(), State.LISTENING);
        } catch (IOException e) {
            channel.close().awaitUninterruptibly();
            throw new IOException(problem, e);
        }
    }

    @SuppressWarnings("unchecked") // an option and its value come from one typed call
    private static void child(ServerBootstrap bootstrap, ChannelOption<?> option, Object value) {
        bootstrap.childOption((ChannelOption<Object>) option, value);
    }

    /** A socket with what must be set before it is bound; a failure fails the bind. */
    private static ServerChannel create(
            Transport transport, ListenSocketsConfig config, ListenAddress at) {
        ServerChannel channel = transport.serverChannels().newChannel();
        try {
            if (config.transparent().isPresent() && transport.canReusePort()) {
                channel.config()
                        .setOption(EpollChannelOption.IP_TRANSPARENT, config.transparent().get());
            }
            if (config.freebind().isPresent() && transport.canReusePort()) {
                channel.config().setOption(EpollChannelOption.IP_FREEBIND, config.freebind().get());
            }
            SocketOptions.apply(channel, at.options(), State.PREBIND);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.unsafe().closeForcibly();
            throw new ChannelException(e.getMessage(), e);
        }
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? ConnectionInfo.text(inet)
                : address.toString();
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage());
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

    boolean isFor(ListenSocketsConfig wanted) {
        return wanted.isServedBy(listener.sockets());
    }

    /** The addresses in use, a configured port 0 resolved. */
    List<SocketAddress> localAddresses() {
        return List.copyOf(local);
    }

    /**
     * Lets connections in; once done it is done.
     *
     * @param counting makes what watches a socket accept
     */
    void accept(Function<Channel, ChannelHandler> counting) {
        if (accepting) {
            return;
        }
        accepting = true;
        for (HeldAddress each : held) {
            try (each) {
                bindAll(new ListenAddress(each.address(), List.of()));
            } catch (IOException e) {
                log.error("listener={} not listening: {}", listener.name(), e.getMessage());
            }
        }
        held.clear();
        for (Channel channel : channels) {
            channel.pipeline().addFirst(counting.apply(channel));
            channel.config().setAutoRead(true);
        }
    }

    /** Stops listening; accepted connections live on. */
    void close() {
        release();
        for (Channel channel : channels) {
            channel.close().awaitUninterruptibly();
        }
    }

    /** Stops listening without waiting for it. */
    void closeAsync() {
        release();
        for (Channel channel : channels) {
            channel.close();
        }
    }

    private void release() {
        for (HeldAddress each : held) {
            try {
                each.close();
            } catch (IOException e) {
                log.warn("listener={} keeps {}", listener.name(), local, e);
            }
        }
        held.clear();
    }
}
