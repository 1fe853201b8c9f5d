// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.message.UpstreamStream;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/**
 * A connection whose protocol the handshake has yet to choose ({@code auto_config}, CP6): until
 * then it counts for one stream. What comes before somebody takes its place is kept for that one.
 */
final class UndecidedConnection extends ClientConnection {
    private static final String HTTP2 = "h2";

    private final ArrayDeque<Object> early = new ArrayDeque<>();

    UndecidedConnection(ConnectionPool pool) {
        super(pool, 1);
    }

    /** What the host chose: anything but HTTP/2 is HTTP/1, as in Envoy. */
    boolean isHttp2() {
        TlsInfo tls = tls();
        return tls != null && tls.alpn().equals(HTTP2);
    }

    /** Another goes on with the channel. */
    void becomes(ClientConnection decided) {
        ChannelHandlerContext ctx = context();
        boolean active = isActive();
        var _ = beginEnd();
        ctx.pipeline().addAfter(ctx.name(), null, decided);
        if (active) {
            ctx.fireChannelActive();
        }
        for (Object message = early.poll(); message != null; message = early.poll()) {
            ctx.fireChannelRead(message);
        }
        ctx.pipeline().remove(this);
    }

    @Override
    UpstreamStream open(ResponseReceiver receiver) {
        throw new IllegalStateException("undecided");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        early.add(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        for (Object message = early.poll(); message != null; message = early.poll()) {
            ReferenceCountUtil.release(message);
        }
        if (beginEnd()) {
            pool.closing(this);
            end();
        }
    }

    @Override
    public void flush() {
        // Nothing is sent before it is decided.
    }
}
