// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * A health check that keeps its connection from one question to the next, and connects where it has
 * none. What it asks is left to the kind of check.
 *
 * @param <C> the handler of its connection
 */
abstract class ConnectedHealthCheck<C extends ChannelHandler & ConnectedHealthCheck.Connection>
        extends HealthCheckSession {
    private @Nullable C connection;

    /** What is closed when it is given up, connected or not. */
    interface Connection {
        void close();
    }

    ConnectedHealthCheck(HealthChecker checker, Host host) {
        super(checker, host);
    }

    abstract C newConnection();

    /** The connection is there now. */
    abstract void onConnected(C opened);

    abstract void askOn(C connected);

    @Override
    final void ask() {
        C current = connection;
        if (current != null) {
            askOn(current);
            return;
        }
        C opened = newConnection();
        connection = opened;
        connect(opened).addListener(done -> onConnected(opened, done.isSuccess()));
    }

    private void onConnected(C opened, boolean success) {
        if (!isCurrent(opened)) {
            opened.close();
        } else if (!success) {
            onLost();
            failed(Failure.NETWORK, false, 0);
        } else {
            onConnected(opened);
        }
    }

    @Override
    final void giveUp() {
        C current = connection;
        connection = null;
        if (current != null) {
            current.close();
        }
    }

    /** Whether it has not been given up. */
    @SuppressWarnings("ReferenceEquality") // Each connection is one handler.
    final boolean isCurrent(C opened) {
        return connection == opened;
    }

    final @Nullable C current() {
        return connection;
    }

    /** The connection has ended by itself. */
    final void onLost() {
        connection = null;
    }
}
