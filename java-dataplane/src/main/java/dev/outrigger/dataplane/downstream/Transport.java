// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.PipeAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Netty's classes for one way of doing I/O. */
@SuppressWarnings("ImmutableEnumChecker") // the factories are stateless
enum Transport {
    EPOLL(EpollSocketChannel::new, EpollServerSocketChannel::new, true) {
        @Override
        IoHandlerFactory ioHandlers() {
            return EpollIoHandler.newFactory();
        }
    },
    NIO(NioSocketChannel::new, NioServerSocketChannel::new, false) {
        @Override
        IoHandlerFactory ioHandlers() {
            return NioIoHandler.newFactory();
        }
    };

    private final ChannelFactory<? extends Channel> channels;
    private final ChannelFactory<? extends ServerChannel> serverChannels;
    private final boolean reusePort;

    Transport(
            ChannelFactory<? extends Channel> channels,
            ChannelFactory<? extends ServerChannel> serverChannels,
            boolean reusePort) {
        this.channels = channels;
        this.serverChannels = serverChannels;
        this.reusePort = reusePort;
    }

    abstract IoHandlerFactory ioHandlers();

    static Transport of(RequestPathOptions.Transport wanted) {
        return switch (wanted) {
            case AUTO -> Epoll.isAvailable() ? EPOLL : NIO;
            case EPOLL -> {
                Epoll.ensureAvailability();
                yield EPOLL;
            }
            case NIO -> NIO;
        };
    }

    ChannelFactory<? extends Channel> channels() {
        return channels;
    }

    ChannelFactory<? extends ServerChannel> serverChannels() {
        return serverChannels;
    }

    /** Listening on Unix domain sockets, whose peers have no addresses. */
    ChannelFactory<? extends ServerChannel> serverPipes() {
        return switch (this) {
            case EPOLL -> EpollServerDomainSocketChannel::new;
            case NIO -> NioServerDomainSocketChannel::new;
        };
    }

    /** The transport's own form of an address. */
    SocketAddress address(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || !PipeAddress.isPipe(inet)) {
            return address;
        }
        String path = PipeAddress.path(inet);
        return switch (this) {
            case EPOLL ->
                    new DomainSocketAddress(
                            PipeAddress.isAbstract(path) ? '\0' + path.substring(1) : path);
            case NIO -> UnixDomainSocketAddress.of(path);
        };
    }

    /** Whether each worker can have a listening socket of its own on one port. */
    boolean canReusePort() {
        return reusePort;
    }
}
