// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.config.Http2Options;
import dev.outrigger.dataplane.message.HeaderSink;
import dev.outrigger.dataplane.telemetry.StatsShard;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What the peer's frames do to a session, and which of them it may not send. Confined to the
 * connection's event loop.
 */
final class InboundFrames implements FrameReader.Receiver {
    private static final int DEFAULT_TABLE_BYTES = 4096;
    private static final int MIN_FRAME_BYTES = 16384;
    private static final int MAX_FRAME_BYTES = 0xffffff;
    private static final String UNKNOWN = "http2.unknown.nghttp2.error";
    private static final String MESSAGING = "http2.violation.of.messaging.rule";
    private static final HeaderSink NOWHERE = (name, at, length, value, valueAt, valueLength) -> {};

    private final Http2Session session;
    private final boolean streamErrorOnInvalidMessage;
    private final FrameWriter writer;
    private final FloodGuard guard;
    private final SendFlow sendFlow;
    private final ReceiveFlow receiveFlow;
    private final HpackDecoder decoder;
    private final int headerTableBytes;
    private final Http2Stats stats;
    private final StatsShard shard;
    private boolean peerConnectProtocol;
    private @Nullable Http2Stream dataStream;
    private @Nullable Http2Stream headersStream;

    InboundFrames(
            Http2Session session,
            Http2Options options,
            FrameWriter writer,
            FloodGuard guard,
            SendFlow sendFlow,
            ReceiveFlow receiveFlow,
            Http2Stats stats,
            StatsShard shard) {
        this.stats = stats;
        this.shard = shard;
        this.session = session;
        this.streamErrorOnInvalidMessage = options.streamErrorOnInvalidMessage();
        this.writer = writer;
        this.guard = guard;
        this.sendFlow = sendFlow;
        this.receiveFlow = receiveFlow;
        this.headerTableBytes = options.headerTableBytes();
        this.decoder = new HpackDecoder(DEFAULT_TABLE_BYTES);
    }

    @Override
    public void onFrame(int type, int flags, int streamId, int length)
            throws Http2ConnectionException {
        session.onFrame(type, flags);
        boolean end = (flags & FrameType.END_STREAM) != 0;
        switch (type) {
            case FrameType.DATA -> {
                guard.onMessageFrame(length == 0, end);
                beginData(streamId, length);
                count(dataStream, length, false);
            }
            case FrameType.HEADERS -> {
                guard.onMessageFrame(length == 0, end);
                beginHeaders(streamId);
                count(headersStream, length, true);
            }
            case FrameType.CONTINUATION -> {
                guard.onMessageFrame(length == 0, end);
                count(headersStream, length, true);
            }
            default -> {
                // The others are looked at when they are whole.
            }
        }
    }

    private static void count(@Nullable Http2Stream stream, int length, boolean header) {
        if (stream != null) {
            stream.frameReceived(FrameType.HEADER_BYTES + length, header);
        }
    }

    /** A stream is open from the head of its first frame on, whatever follows. */
    private void beginHeaders(int streamId) throws Http2ConnectionException {
        refuseZero(streamId);
        Http2Stream stream = session.stream(streamId);
        if (stream != null && stream.remoteEnd) {
            throw Http2ConnectionException.broken();
        }
        headersStream = stream == null ? session.open(streamId) : stream;
    }

    private void beginData(int streamId, int length) throws Http2ConnectionException {
        if (streamId == 0) {
            throw error(Http2Error.PROTOCOL_ERROR, "DATA: stream_id == 0");
        }
        Http2Stream stream = session.stream(streamId);
        dataStream = stream;
        if (stream != null && session.isClient() && !stream.answered) {
            throw error(Http2Error.PROTOCOL_ERROR, "DATA: stream not opened");
        }
        if (stream == null && session.isIdle(streamId)) {
            throw error(Http2Error.PROTOCOL_ERROR, "DATA: stream in idle");
        }
        if (stream != null && stream.remoteEnd) {
            throw error(Http2Error.STREAM_CLOSED, "DATA: stream in half-closed(remote)");
        }
        if (!receiveFlow.take(length)) {
            throw error(Http2Error.FLOW_CONTROL_ERROR, "");
        }
        if (stream != null && !ReceiveFlow.take(stream, length)) {
            dataStream = null;
            refuse(stream, Http2Error.FLOW_CONTROL_ERROR);
        }
    }

    @Override
    public void onData(int streamId, ByteBuf data, int padding, boolean last, boolean endStream) {
        Http2Stream stream = dataStream;
        int bytes = data.readableBytes();
        if (stream == null || stream.remoteEnd) {
            data.release();
            receiveFlow.connectionTaken(bytes + padding);
            return;
        }
        receiveFlow.taken(stream, bytes + padding);
        stream.receivedBytes += bytes;
        // Behind an interim response there is another head to come, not a body.
        boolean early = session.isClient() && !stream.headersSeen;
        if (!stream.isLengthRight(endStream) || (early && (bytes > 0 || endStream))) {
            data.release();
            refuse(stream, Http2Error.PROTOCOL_ERROR);
            return;
        }
        if (bytes == 0 && !endStream) {
            data.release();
            return;
        }
        stream.remoteEnd |= endStream;
        stream.listener().onData(data, endStream);
        session.conclude(stream);
    }

    @Override
    public void onHeaders(int streamId, byte[] block, int length, boolean endStream)
            throws Http2ConnectionException {
        Http2Stream stream = headersStream;
        if (stream == null) {
            decode(block, length, NOWHERE);
            return;
        }
        boolean trailers = stream.headersSeen;
        if (trailers && !session.isClient()) {
            shard.inc(stats.trailers);
        }
        stream.headersSeen = true;
        stream.answered = true;
        Http2Stream.Listener listener = stream.listener();
        decode(block, length, listener.beginHeaders());
        stream.fieldsReceived(decoder.fieldBytes());
        if (trailers && !endStream) {
            invalid(stream, MESSAGING);
            return;
        }
        if (trailers && !stream.isLengthRight(true)) {
            refuse(stream, Http2Error.PROTOCOL_ERROR);
            return;
        }
        stream.remoteEnd |= endStream;
        String details = listener.onHeaders(endStream);
        if (details != null) {
            invalid(stream, details);
        } else {
            session.conclude(stream);
        }
    }

    private void decode(byte[] block, int length, HeaderSink sink) throws Http2ConnectionException {
        try {
            decoder.decode(block, 0, length, sink);
        } catch (HpackError e) {
            throw error(Http2Error.COMPRESSION_ERROR, "");
        }
    }

    /** A message that may not be ends the connection, unless the options say otherwise (G1). */
    private void invalid(Http2Stream stream, String details) throws Http2ConnectionException {
        shard.inc(stats.messagingErrors);
        if (!streamErrorOnInvalidMessage) {
            throw Http2ConnectionException.silent(details);
        }
        session.reset(stream, Http2Error.PROTOCOL_ERROR);
        stream.listener().onInvalid(details);
    }

    /** The peer broke a rule that costs it the stream. */
    private void refuse(Http2Stream stream, Http2Error error) {
        session.reset(stream, error);
        stream.listener().onViolation(error);
    }

    @Override
    public void onControl(int type, int flags, int streamId, byte[] payload, int length)
            throws Http2ConnectionException {
        switch (type) {
            case FrameType.PRIORITY -> priority(streamId, payload, length);
            case FrameType.RST_STREAM -> reset(streamId, payload, length);
            case FrameType.SETTINGS -> settings(flags, streamId, payload, length);
            case FrameType.PUSH_PROMISE -> throw Http2ConnectionException.broken();
            case FrameType.PING -> ping(flags, streamId, payload, length);
            case FrameType.GOAWAY -> {
                requireSize(length >= 8);
                requireZero(streamId);
                session.onGoAway(
                        FrameReader.int32(payload, 0) & 0x7fffffff, FrameReader.int32(payload, 4));
            }
            case FrameType.WINDOW_UPDATE -> windowUpdate(streamId, payload, length);
            default -> {
                // Types nobody knows are ignored (RFC 9113 section 4.1).
            }
        }
    }

    private void priority(int streamId, byte[] payload, int length)
            throws Http2ConnectionException {
        requireSize(length == 5);
        refuseZero(streamId);
        if ((FrameReader.int32(payload, 0) & 0x7fffffff) == streamId) {
            throw Http2ConnectionException.wordless();
        }
        guard.onPriority();
    }

    private void reset(int streamId, byte[] payload, int length) throws Http2ConnectionException {
        requireSize(length == 4);
        refuseZero(streamId);
        Http2Stream stream = session.stream(streamId);
        if (stream == null) {
            if (session.isIdle(streamId)) {
                throw Http2ConnectionException.broken();
            }
            if (session.isResetInThisRead(streamId)) {
                shard.inc(stats.resetsReceived);
            }
            return;
        }
        session.remove(stream);
        shard.inc(stats.resetsReceived);
        stream.listener().onPeerReset(Http2Error.of(FrameReader.int32(payload, 0)));
    }

    private void settings(int flags, int streamId, byte[] payload, int length)
            throws Http2ConnectionException {
        requireZero(streamId);
        if ((flags & FrameType.ACK) != 0) {
            if (length != 0) {
                throw error(Http2Error.FRAME_SIZE_ERROR, "");
            }
            if (!session.onSettingsAck()) {
                throw Http2ConnectionException.broken();
            }
            decoder.setAllowedTableBytes(headerTableBytes);
            return;
        }
        requireSize(length % 6 == 0);
        int window = sendFlow.streamWindow();
        boolean streamsTold = false;
        int streams = 0;
        for (int i = 0; i < length; i += 6) {
            int id = (payload[i] & 0xff) << 8 | (payload[i + 1] & 0xff);
            int value = FrameReader.int32(payload, i + 2);
            check(id, value);
            switch (id) {
                case Setting.INITIAL_WINDOW_SIZE -> window = value;
                case Setting.MAX_CONCURRENT_STREAMS -> {
                    streams = value;
                    streamsTold = true;
                }
                default -> {
                    // The others are checked only.
                }
            }
        }
        session.ackSettings();
        if (streamsTold) {
            session.onMaxConcurrentStreams(streams);
        }
        if (!sendFlow.setStreamWindow(window, session.streams())) {
            throw Http2ConnectionException.broken();
        }
    }

    private void check(int id, int value) throws Http2ConnectionException {
        switch (id) {
            case Setting.ENABLE_PUSH -> {
                if (value != 0 && (value != 1 || session.isClient())) {
                    throw Http2ConnectionException.broken();
                }
            }
            case Setting.INITIAL_WINDOW_SIZE -> {
                if (value < 0) {
                    throw Http2ConnectionException.broken();
                }
            }
            case Setting.ENABLE_CONNECT_PROTOCOL -> {
                boolean withdrawn = session.isClient() && peerConnectProtocol && value == 0;
                if ((value != 0 && value != 1) || withdrawn) {
                    throw Http2ConnectionException.broken();
                }
                peerConnectProtocol = value == 1;
            }
            case Setting.NO_RFC7540_PRIORITIES -> {
                if (value != 0 && value != 1) {
                    throw Http2ConnectionException.broken();
                }
            }
            case Setting.MAX_FRAME_SIZE -> {
                if (value < MIN_FRAME_BYTES || value > MAX_FRAME_BYTES) {
                    throw Http2ConnectionException.broken();
                }
            }
            default -> {
                // Our encoder keeps no table, and a limit of the header list is advice only (H12).
            }
        }
    }

    private void ping(int flags, int streamId, byte[] payload, int length)
            throws Http2ConnectionException {
        requireSize(length == 8);
        requireZero(streamId);
        if ((flags & FrameType.ACK) == 0) {
            writer.ping(payload, true);
            session.queued(true);
        } else {
            session.onPingAck();
        }
    }

    private void windowUpdate(int streamId, byte[] payload, int length)
            throws Http2ConnectionException {
        requireSize(length == 4);
        guard.onWindowUpdate();
        int increment = FrameReader.int32(payload, 0) & 0x7fffffff;
        if (increment == 0) {
            throw session.stream(streamId) == null
                    ? Http2ConnectionException.broken()
                    : Http2ConnectionException.silent(UNKNOWN);
        }
        if (streamId == 0) {
            if (!sendFlow.grow(increment)) {
                throw Http2ConnectionException.broken();
            }
            return;
        }
        Http2Stream stream = session.stream(streamId);
        if (stream == null) {
            if (session.isIdle(streamId)) {
                throw Http2ConnectionException.broken();
            }
        } else if (!sendFlow.grow(stream, increment)) {
            throw Http2ConnectionException.silent(UNKNOWN);
        }
    }

    private static void refuseZero(int streamId) throws Http2ConnectionException {
        if (streamId == 0) {
            throw Http2ConnectionException.broken();
        }
    }

    private static void requireZero(int streamId) throws Http2ConnectionException {
        if (streamId != 0) {
            throw Http2ConnectionException.broken();
        }
    }

    private static void requireSize(boolean right) throws Http2ConnectionException {
        if (!right) {
            throw error(Http2Error.FRAME_SIZE_ERROR, "");
        }
    }

    private static Http2ConnectionException error(Http2Error code, String debug) {
        return Http2ConnectionException.of(code, debug);
    }
}
