// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.http2.Http2Error;
import dev.outrigger.dataplane.http2.Http2Session;
import dev.outrigger.dataplane.http2.Http2Stream;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectTimes;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.HeaderSink;
import dev.outrigger.dataplane.message.Http2ResponseReader;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.message.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on an HTTP/2 connection. Reused for one stream after another; confined to the
 * connection's event loop.
 */
final class Http2ClientStream implements UpstreamStream, Http2Stream.Listener {
    private static final byte[] UPGRADE = Ascii.bytes("upgrade");
    private static final byte[] NO_UPGRADE = {};
    private static final int OK = 200;
    private static final int SWITCHING_PROTOCOLS = 101;

    private final Http2ClientConnection connection;
    private final Http2Session session;
    private final Http2ResponseReader reader;
    private @Nullable ResponseReceiver receiver;
    private @Nullable Http2Stream stream;
    private byte[] upgrade = NO_UPGRADE;
    private boolean headRead;
    private boolean responseOver;

    /** Whether a whole response is being taken, which others wait for. */
    private boolean concluding;

    Http2ClientStream(Http2ClientConnection connection, Http2ResponseReader reader) {
        this.connection = connection;
        this.session = connection.session();
        this.reader = reader;
    }

    void begin(ResponseReceiver to) {
        receiver = to;
        stream = null;
        upgrade = NO_UPGRADE;
        headRead = false;
        responseOver = false;
    }

    private Http2Stream stream() {
        if (stream == null) {
            throw new IllegalStateException("no stream");
        }
        return stream;
    }

    @Override
    public Protocol protocol() {
        return Protocol.HTTP_2;
    }

    @Override
    public String localAddress() {
        return connection.localAddress();
    }

    @Override
    public ConnectTimes connectTimes() {
        return connection.connectTimes();
    }

    @Override
    public @Nullable TlsInfo tls() {
        return connection.tls();
    }

    @Override
    public long connectionId() {
        return connection.connectionId();
    }

    @Override
    public void sendHead(RequestHead head, boolean endStream) {
        HeaderBlock headers = head.headers();
        if (head.isUpgrade()) {
            int entry = headers.find(KnownHeader.UPGRADE);
            int from = headers.valueOffset(entry);
            upgrade = Arrays.copyOfRange(headers.data(), from, from + headers.valueLength(entry));
        }
        reader.expect(head.method() == Method.HEAD, head.isTunnel());
        Http2Stream opened = session.newStream(this);
        stream = opened;
        ResponseReceiver to = receiver;
        if (to != null) {
            opened.setMeter(to.bytes());
        }
        session.headerWriter().request(head);
        session.sendHeaders(opened, endStream);
    }

    @Override
    public void sendBody(ByteBuf data, boolean endStream) {
        session.sendData(stream(), data, endStream);
        if (endStream && responseOver) {
            // What waits for the host's window is sent all the same.
            session.finish(stream(), 0);
            end();
            connection.recycle(this);
            return;
        }
        ResponseReceiver to = receiver;
        if (to != null && !endStream && !isWritable()) {
            to.onUpstreamWritable(false);
        }
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
    public void cancel() {
        if (receiver == null) {
            return;
        }
        boolean closes = resetUnfinished();
        end();
        if (closes) {
            connection.answered(this);
        } else {
            connection.recycle(this);
        }
    }

    @Override
    public void free() {
        if (concluding) {
            concluding = false;
            connection.free();
        }
    }

    /**
     * Envoy closes a connection that drains before the reset of its last stream goes out.
     *
     * @return whether the connection closes with this stream
     */
    private boolean resetUnfinished() {
        boolean closes = connection.closesWith(this);
        if (closes) {
            session.discard();
        }
        resetLocally(Http2Error.INTERNAL_ERROR);
        return closes;
    }

    private void resetLocally(Http2Error error) {
        // Counted even where nothing was sent on it.
        connection.shard.inc(connection.stats.rqTxReset);
        Http2Stream current = stream;
        if (current != null) {
            session.reset(current, error);
        }
    }

    /** The receiver hears nothing more. */
    private void end() {
        receiver = null;
        connection.streamEnded(this);
    }

    @Override
    public void readDisable(boolean disable) {
        session.readDisable(stream(), disable);
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable() && (stream == null || stream.isWritable());
    }

    @Override
    public void onWritable() {
        ResponseReceiver to = receiver;
        if (to != null) {
            to.onUpstreamWritable(isWritable());
        }
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
        ResponseReceiver to = receiver;
        if (to == null) {
            return null;
        }
        if (reader.isTooLarge() || reader.isTooMany()) {
            var stats = connection.http2();
            connection.shard.inc(
                    reader.isTooMany() ? stats.headerOverflow : stats.headerListTooLarge);
            session.reset(stream(), Http2Error.INTERNAL_ERROR);
            onViolation(Http2Error.INTERNAL_ERROR);
            return null;
        }
        if (headRead) {
            String details = reader.endTrailers();
            if (details == null) {
                boolean over = endResponse(to);
                to.onResponseTrailers(reader.trailers());
                if (over) {
                    conclude();
                }
            }
            return details;
        }
        String details = reader.end(endStream);
        if (details != null) {
            return details;
        }
        ResponseHead head = reader.head();
        if (reader.isInterim()) {
            stream().expectAnotherHead();
            to.onInformational(head);
            return null;
        }
        headRead = true;
        if (upgrade.length > 0 && head.status() == OK) {
            // The answer to the extended CONNECT is that of the upgrade it stands for (W2).
            head.setStatus(SWITCHING_PROTOCOLS);
            head.headers().set(KnownHeader.UPGRADE, upgrade);
            head.headers().set(KnownHeader.CONNECTION, UPGRADE);
        }
        if (endStream) {
            boolean over = endResponse(to);
            to.onResponseHead(head, true);
            if (over) {
                conclude();
            }
        } else {
            stream().expect(reader.bodyBytes());
            to.onResponseHead(head, false);
        }
        return null;
    }

    @Override
    public void onData(ByteBuf data, boolean endStream) {
        ResponseReceiver to = receiver;
        if (to == null) {
            data.release();
        } else if (endStream) {
            boolean over = endResponse(to);
            to.onResponseBody(data, true);
            if (over) {
                conclude();
            }
        } else {
            to.onResponseBody(data, false);
        }
    }

    /**
     * The response is whole; what is left of the request is not sent, as in Envoy, unless its
     * sender wants it.
     *
     * @return whether the stream is over
     */
    private boolean endResponse(ResponseReceiver to) {
        if (!stream().isLocalEnd()) {
            if (to.outlivesResponse()) {
                responseOver = true;
                return false;
            }
            var _ = resetUnfinished();
        }
        end();
        concluding = true;
        return true;
    }

    /** Its response has been taken. */
    private void conclude() {
        if (concluding) {
            concluding = false;
            connection.answered(this);
        } else {
            connection.keep(this);
        }
    }

    @Override
    public void onPeerReset(Http2Error error) {
        if (receiver != null) {
            fail(reason(error));
            connection.answered(this);
        }
    }

    /** What the end of a stream by RST_STREAM is to Envoy, and in whose account it goes. */
    private StreamReset reason(Http2Error error) {
        return switch (error) {
            case REFUSED_STREAM -> StreamReset.REMOTE_REFUSED;
            case CONNECT_ERROR -> StreamReset.CONNECT_ERROR;
            case PROTOCOL_ERROR -> {
                connection.shard.inc(connection.stats.rqTxReset);
                yield StreamReset.PROTOCOL_ERROR;
            }
            case NO_ERROR,
                    INTERNAL_ERROR,
                    FLOW_CONTROL_ERROR,
                    SETTINGS_TIMEOUT,
                    STREAM_CLOSED,
                    FRAME_SIZE_ERROR,
                    CANCEL,
                    COMPRESSION_ERROR,
                    ENHANCE_YOUR_CALM,
                    INADEQUATE_SECURITY,
                    HTTP_1_1_REQUIRED -> {
                connection.shard.inc(connection.stats.rqRxReset);
                yield StreamReset.REMOTE_RESET;
            }
        };
    }

    @Override
    public void onRefused() {
        if (receiver != null) {
            fail(StreamReset.REMOTE_REFUSED);
            connection.recycle(this);
        }
    }

    @Override
    public void onViolation(Http2Error error) {
        onPeerReset(error);
    }

    @Override
    public void onInvalid(String details) {
        onPeerReset(Http2Error.PROTOCOL_ERROR);
    }

    /** The connection has ended under the stream. */
    void onConnectionEnd(StreamReset reason) {
        if (receiver != null) {
            connection.shard.inc(
                    reason == StreamReset.PROTOCOL_ERROR
                            ? connection.stats.rqTxReset
                            : connection.stats.rqPendingFailureEject);
            fail(reason);
            connection.recycle(this);
        }
    }

    private void fail(StreamReset reason) {
        ResponseReceiver to = receiver;
        if (to != null) {
            end();
            to.onUpstreamReset(reason, "");
        }
    }
}
