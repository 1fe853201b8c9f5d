// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.exchange.Exchange;
import dev.outrigger.dataplane.http2.Http2Error;
import dev.outrigger.dataplane.http2.Http2Session;
import dev.outrigger.dataplane.http2.Http2Stream;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.HeaderSink;
import dev.outrigger.dataplane.message.Http2RequestReader;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on an HTTP/2 connection, with the {@link Exchange} that answers it.
 * Reused for one stream after another; confined to the connection's event loop.
 */
final class Http2ServerStream implements DownstreamStream, Http2Stream.Listener {
    private static final String RESET = "http2.remote_reset";

    private final Http2ServerConnection connection;
    private final Http2Session session;
    private final Http2RequestReader reader;
    private final Exchange exchange;
    private @Nullable Http2Stream stream;
    private boolean headRead;
    private boolean requestEnded;
    private @Nullable Http2Error reset;

    Http2ServerStream(
            Http2ServerConnection connection, Http2Session session, Http2RequestReader reader) {
        this.connection = connection;
        this.session = session;
        this.reader = reader;
        this.exchange = connection.accepted().newExchange(this, this::onExchangeEnd);
    }

    Exchange exchange() {
        return exchange;
    }

    private Http2Stream stream() {
        if (stream == null) {
            throw new IllegalStateException("no stream");
        }
        return stream;
    }

    /** A stream has been opened. */
    void begin(Http2Stream opened) {
        stream = opened;
        headRead = false;
        requestEnded = false;
        reset = null;
    }

    @Override
    public HeaderSink beginHeaders() {
        if (headRead) {
            reader.beginTrailers();
        } else {
            reader.begin();
        }
        return reader;
    }

    @Override
    public @Nullable String onHeaders(boolean endStream) {
        requestEnded = endStream;
        String excess = reader.excess();
        connection.countRead(excess, reader.dropped());
        if (excess != null) {
            String noted = resetDetails();
            refuse(noted == null ? excess : noted);
            return null;
        }
        if (headRead) {
            String details = reader.endTrailers();
            if (details == null) {
                exchange.onTrailers(reader.trailers());
            }
            return told(details);
        }
        headRead = true;
        String details = reader.end(endStream);
        if (details != null) {
            return told(details);
        }
        RequestHead head = reader.head();
        if (!endStream) {
            stream().expect(head.contentLength());
        }
        exchange.onHead(head, endStream);
        return null;
    }

    /** What costs a request no more than its stream. */
    private void refuse(String details) {
        session.reset(stream(), Http2Error.INTERNAL_ERROR);
        connection.onReset(!exchange.isResponseBegun(), false);
        exchange.onDownstreamReset(ResponseFlag.DOWNSTREAM_REMOTE_RESET, details);
    }

    @Override
    public void onData(ByteBuf data, boolean endStream) {
        requestEnded = endStream;
        exchange.onBody(data, endStream);
    }

    @Override
    public void onPeerReset(Http2Error error) {
        connection.onReset(!exchange.isResponseBegun(), true);
        if (error == Http2Error.NO_ERROR && requestEnded) {
            // Nothing of the request is missing, so it is no failure.
            exchange.onDownstreamGone();
            return;
        }
        exchange.onDownstreamReset(
                error == Http2Error.PROTOCOL_ERROR
                        ? ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR
                        : ResponseFlag.DOWNSTREAM_REMOTE_RESET,
                error == Http2Error.REFUSED_STREAM ? "http2.remote_refuse" : RESET);
    }

    @Override
    public void onRefused() {
        throw new IllegalStateException("a client has no say in it");
    }

    @Override
    public void onInvalid(String details) {
        connection.onReset(!exchange.isResponseBegun(), false);
        exchange.onDownstreamReset(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, details);
    }

    @Override
    public void onViolation(Http2Error error) {
        // Envoy hears of this as of any reset (observed).
        onInvalid(RESET);
    }

    @Override
    public void onWritable() {
        exchange.onDownstreamWritable(isWritable());
    }

    @Override
    public Protocol protocol() {
        return Protocol.HTTP_2;
    }

    @Override
    public ConnectionInfo connection() {
        return connection.accepted().info();
    }

    @Override
    public Map<String, Object> filterState() {
        return connection.accepted().filterState();
    }

    @Override
    public void sendContinue() {
        exchange.info().setResponseCode(100);
        session.headerWriter().status(100);
        session.sendHeaders(stream(), false);
    }

    @Override
    public void sendInterim(ResponseHead head) {
        session.headerWriter().response(head.status(), head.headers());
        session.sendHeaders(stream(), false);
    }

    @Override
    public void sendHead(ResponseHead head, boolean endStream, boolean closeAfter) {
        // An upgrade's answer is that of the extended CONNECT it came as (W2).
        int status = head.status() == 101 ? 200 : head.status();
        session.headerWriter().response(status, head.headers());
        session.sendHeaders(stream(), endStream);
    }

    @Override
    public void sendBody(ByteBuf data, boolean endStream) {
        session.sendData(stream(), data, endStream);
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        if (trailers.count() == 0) {
            session.sendData(stream(), Unpooled.EMPTY_BUFFER, true);
            return;
        }
        session.headerWriter().trailers(trailers);
        session.sendTrailers(stream());
    }

    @Override
    public void startDrain() {
        connection.startDrain();
    }

    @Override
    public void reset(boolean byUpstream) {
        RequestHead asked = exchange.request();
        // Every upgrade is a CONNECT here. What ends a tunnel otherwise is nothing the tunnel met.
        reset =
                byUpstream && asked != null && asked.isTunnel()
                        ? Http2Error.CONNECT_ERROR
                        : Http2Error.INTERNAL_ERROR;
    }

    private @Nullable String told(@Nullable String details) {
        String noted = resetDetails();
        return details == null || noted == null ? details : noted;
    }

    /** Envoy's codec notes that it has dropped a field, and never forgets (observed). */
    @Override
    public @Nullable String resetDetails() {
        return reader.hasDropped() ? Http2RequestReader.UNDERSCORE : null;
    }

    @Override
    public void readDisable(boolean disable) {
        session.readDisable(stream(), disable);
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable() && stream().isWritable();
    }

    @Override
    public void onRedirect() {
        connection.onRedirect();
    }

    @Override
    public boolean isLastRequest() {
        return false;
    }

    @Override
    public boolean isDraining() {
        return connection.isDraining();
    }

    @Override
    public boolean defers(Runnable request) {
        return connection.deferred().defers(request);
    }

    @Override
    public void forget(Runnable request) {
        connection.deferred().forget(request);
    }

    /** The exchange has handed over all of its response, or was reset. */
    private void onExchangeEnd() {
        Http2Stream ended = stream();
        stream = null;
        if (reset != null) {
            session.reset(ended, reset);
        } else {
            session.finish(ended, connection.flushNanos());
        }
        connection.onStreamEnd(this);
    }
}
