// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.PipeAddress;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Netty event loop as the main loop. An error in a task is logged and ends that task only. */
public final class NettyMainLoop implements MainLoop {
    private static final Logger log = LoggerFactory.getLogger(NettyMainLoop.class);

    private final EventLoop eventLoop;

    /**
     * @param eventLoop of NIO or epoll
     */
    public NettyMainLoop(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(() -> run(task));
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var future = eventLoop.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    public Class<? extends SocketChannel> socketType() {
        return isEpoll() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** What connects to an address, which may be a Unix domain socket. */
    public Class<? extends Channel> socketType(InetSocketAddress to) {
        if (PipeAddress.isPipe(to)) {
            return isEpoll() ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
        }
        return socketType();
    }

    /** What is bound to an address, which may be a Unix domain socket. */
    public Class<? extends ServerChannel> serverSocketType(InetSocketAddress at) {
        if (PipeAddress.isPipe(at)) {
            return isEpoll()
                    ? EpollServerDomainSocketChannel.class
                    : NioServerDomainSocketChannel.class;
        }
        return isEpoll() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** An address in the form its sockets take. */
    public SocketAddress socketAddress(InetSocketAddress address) {
        if (!PipeAddress.isPipe(address)) {
            return address;
        }
        String path = PipeAddress.path(address);
        if (!isEpoll()) {
            return UnixDomainSocketAddress.of(path);
        }
        // The system's form of a name: a zero byte begins an abstract one.
        return new DomainSocketAddress(
                PipeAddress.isAbstract(path) ? '\0' + path.substring(1) : path);
    }

    public Class<? extends DatagramChannel> datagramType() {
        return isEpoll() ? EpollDatagramChannel.class : NioDatagramChannel.class;
    }

    /** Whether sockets have what only epoll knows. */
    boolean isEpoll() {
        return eventLoop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("task on the main loop failed", e);
        }
    }
}
