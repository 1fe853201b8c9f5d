// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.exchange.Exchange;
import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an accepted connection is, whatever protocol it turns out to speak: its filter chain, the
 * manager it was accepted with, what filters keep for it, what is counted and logged of it, and how
 * it ends. The handlers of the protocols share one. Confined to the connection's event loop.
 */
final class AcceptedConnection {
    private static final String REMOTE_DISCONNECT = "downstream_remote_disconnect";

    /** Behind a read of so much more is likely to be on its way. */
    private static final int LARGE_BYTES = 16_384;

    private final WorkerChain chain;
    private final WorkerContext worker;
    private final HttpConnectionManager pinned;
    private final ConnectionCounts counts;
    private final ConnectionInfo info;
    private final @Nullable ConnectionLog log;
    private @Nullable Map<String, Object> filterState;
    private @Nullable DelayedClose delayedClose;
    private int lastReadBytes;
    private @Nullable CloseReason closeReason;

    /**
     * @param log has heard of the connection; {@code null} when nobody wants to know of it
     */
    AcceptedConnection(WorkerChain chain, ConnectionInfo info, @Nullable ConnectionLog log) {
        this.chain = chain;
        this.worker = chain.services().worker();
        this.pinned = chain.manager();
        this.counts = new ConnectionCounts(worker, stats());
        this.info = info;
        this.log = log;
    }

    WorkerChain chain() {
        return chain;
    }

    WorkerContext worker() {
        return worker;
    }

    /** What the connection was accepted with; its settings hold until it ends. */
    HttpConnectionManager pinned() {
        return pinned;
    }

    HttpConnectionManager.Settings settings() {
        return pinned.settings();
    }

    HttpConnectionManagerConfig config() {
        return pinned.settings().config();
    }

    HcmStats stats() {
        return pinned.settings().stats();
    }

    ConnectionCounts counts() {
        return counts;
    }

    /**
     * Exchanges of a connection see new routes and clusters, but keep their filter chain's
     * settings.
     */
    HttpConnectionManager manager() {
        return chain.manager();
    }

    Exchange newExchange(DownstreamStream stream, Runnable onEnd) {
        return new Exchange(chain.services(), pinned, this::manager, stream, onEnd);
    }

    /** The connection is there. */
    void opened(ServerConnection connection) {
        chain.opened(connection);
        counts.opened(info.tls() != null);
    }

    /** Another handler goes on with the connection. */
    void becomes(ServerConnection connection, ServerConnection other) {
        chain.becomes(connection, other);
    }

    ConnectionInfo info() {
        return info;
    }

    /** What filters keep for the connection. */
    Map<String, Object> filterState() {
        Map<String, Object> state = filterState;
        if (state == null) {
            state = new HashMap<>();
            filterState = state;
        }
        return state;
    }

    /** Whether it is being closed, if not at once. */
    boolean isClosing() {
        return delayedClose != null;
    }

    /**
     * Flushes and closes, giving the client time to read (K4); nothing more is read.
     *
     * @param mayRace whether the client may still be sending
     * @param reads whether it was read from until now
     */
    void close(ChannelHandlerContext context, boolean mayRace, boolean reads) {
        var closing =
                new DelayedClose(worker, stats(), counts, config().delayedCloseTimeout(), context);
        delayedClose = closing;
        closing.begin(mayRace, reads && lastReadBytes >= LARGE_BYTES);
    }

    /**
     * Something was read: whether the connection is being closed, and that is not to be looked at.
     *
     * @param in given away if so
     */
    boolean ignores(ByteBuf in) {
        if (delayedClose == null) {
            lastReadBytes = in.readableBytes();
            return false;
        }
        delayedClose.onRead(in);
        return true;
    }

    /**
     * The client has ended the connection while it was not read from. Envoy learns of that end, and
     * looks at nothing that came before it; the system then resets the connection.
     *
     * @param in given away
     */
    void endedUnread(ChannelHandlerContext context, ByteBuf in) {
        in.release();
        context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        context.close();
    }

    /** Closes at once. */
    void closeNow(Channel channel, CloseReason reason) {
        closeReason = reason;
        counts.closedLocally();
        channel.close();
    }

    /** An exchange that is under way has lost its connection. */
    void lost(Exchange exchange) {
        exchange.onDownstreamClosed(
                closeReason == null ? REMOTE_DISCONNECT : closeReason.details());
    }

    /** What came is not what the protocol allows: the connection's own log says so, too. */
    void protocolError() {
        if (log != null) {
            log.info().setFlag(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
        }
    }

    /**
     * The connection is gone.
     *
     * @param protocol {@code null} where the client has not said which
     */
    void closed(
            ServerConnection connection,
            @Nullable Protocol protocol,
            long bytesSent,
            boolean activeRequests) {
        if (delayedClose != null) {
            delayedClose.discard();
        }
        chain.closed(connection, counts.closed(activeRequests));
        if (log != null) {
            log.end(protocol, counts.bytesReceived(), bytesSent);
        }
    }

    /** Something was thrown: what is not the network's doing is a bug of ours. */
    void caught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            chain.bug(cause);
        } else if (delayedClose != null) {
            delayedClose.onReset();
        }
        context.close();
    }
}
