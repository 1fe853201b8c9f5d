// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.common.socket.SocketOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The options of accepted sockets. Setting them is the one moment at which Helidon shows a
 * connection before anything is read from it, TLS included; so this is where the guard gets it.
 */
final class GuardedConnections implements SocketOptions {
    private final SocketOptions options;
    private final ConnectionGuard guard;

    GuardedConnections(SocketOptions options, ConnectionGuard guard) {
        this.options = options;
        this.guard = guard;
    }

    @Override
    public void configureSocket(SocketChannel channel) {
        options.configureSocket(channel);
        try {
            guard.accepted(channel.getRemoteAddress(), channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // It is gone already; Helidon drops it.
        }
    }

    @Override
    public void configureSocket(Socket socket) {
        options.configureSocket(socket);
    }

    @Override
    public Map<SocketOption<?>, Object> socketOptions() {
        return options.socketOptions();
    }

    @Override
    public Duration connectTimeout() {
        return options.connectTimeout();
    }

    @Override
    public Duration readTimeout() {
        return options.readTimeout();
    }

    @Override
    public Optional<Integer> socketReceiveBufferSize() {
        return options.socketReceiveBufferSize();
    }

    @Override
    public Optional<Integer> socketSendBufferSize() {
        return options.socketSendBufferSize();
    }

    @Override
    public boolean socketReuseAddress() {
        return options.socketReuseAddress();
    }

    @Override
    public boolean socketKeepAlive() {
        return options.socketKeepAlive();
    }

    @Override
    public boolean tcpNoDelay() {
        return options.tcpNoDelay();
    }
}
