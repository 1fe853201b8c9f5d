// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * Cuts a connection's bytes into frames, of which the first must be SETTINGS (RFC 9113 section
 * 3.4), and checks their sizes (section 4.2). DATA is passed on piece by piece as it comes,
 * everything else whole; header blocks are put together from their CONTINUATION frames. Confined to
 * the connection's event loop.
 */
final class FrameReader {
    /** Who is told of frames. */
    interface Receiver {
        /** A frame's head, before its payload; may refuse the frame. */
        void onFrame(int type, int flags, int streamId, int length) throws Http2ConnectionException;

        /**
         * Part of a DATA frame.
         *
         * @param data given away; may be empty
         * @param padding bytes that count for flow control only
         * @param last whether the frame is complete
         */
        void onData(int streamId, ByteBuf data, int padding, boolean last, boolean endStream)
                throws Http2ConnectionException;

        /** A whole header block. */
        void onHeaders(int streamId, byte[] block, int length, boolean endStream)
                throws Http2ConnectionException;

        /** Any other frame with its payload. */
        void onControl(int type, int flags, int streamId, byte[] payload, int length)
                throws Http2ConnectionException;
    }

    private static final String TOO_MANY_CONTINUATIONS =
            "codec_error:Too_many_CONTINUATION_frames_following_a_HEADER_frame";

    private final Receiver receiver;
    private final int maxFrameBytes;
    private final int maxBlockBytes;
    private final int maxContinuations;
    private final byte[] head = new byte[FrameType.HEADER_BYTES];
    private int headBytes;
    private int type;
    private int flags;
    private int streamId;
    private int length;
    private int left;
    private int padding;
    private boolean padLengthRead;
    private byte[] payload = new byte[256];
    private int payloadBytes;
    private byte[] block = new byte[512];
    private int blockBytes;
    private int blockStream;
    private int continuations;
    private boolean blockEndsStream;
    private boolean begun;
    private boolean stopped;

    /**
     * @param maxFrameBytes SETTINGS_MAX_FRAME_SIZE as it was sent
     * @param maxBlockBytes of a header block as it is on the wire
     * @param maxContinuations frames a header block may take besides its first
     */
    FrameReader(Receiver receiver, int maxFrameBytes, int maxBlockBytes, int maxContinuations) {
        this.receiver = receiver;
        this.maxFrameBytes = maxFrameBytes;
        this.maxBlockBytes = maxBlockBytes;
        this.maxContinuations = maxContinuations;
    }

    /**
     * Reads all there is.
     *
     * @param in stays the caller's
     */
    void read(ByteBuf in) throws Http2ConnectionException {
        while (in.isReadable() && !stopped) {
            if (headBytes < FrameType.HEADER_BYTES) {
                int take = Math.min(in.readableBytes(), FrameType.HEADER_BYTES - headBytes);
                in.readBytes(head, headBytes, take);
                headBytes += take;
                if (headBytes < FrameType.HEADER_BYTES) {
                    return;
                }
                begin();
            } else if (type == FrameType.DATA) {
                data(in);
            } else {
                collect(in);
            }
        }
    }

    /** Nothing more is read, not even what {@link #read} has at hand. */
    void stop() {
        stopped = true;
    }

    private void begin() throws Http2ConnectionException {
        length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        type = head[3] & 0xff;
        flags = head[4] & 0xff;
        streamId = int32(head, 5) & 0x7fffffff;
        left = length;
        padding = 0;
        padLengthRead = false;
        payloadBytes = 0;
        if (!begun && (type != FrameType.SETTINGS || has(FrameType.ACK))) {
            throw Http2ConnectionException.of(Http2Error.PROTOCOL_ERROR, "SETTINGS expected");
        }
        begun = true;
        if (length > maxFrameBytes) {
            throw Http2ConnectionException.of(Http2Error.FRAME_SIZE_ERROR, "too large frame size");
        }
        if (blockStream != 0 && (type != FrameType.CONTINUATION || streamId != blockStream)) {
            throw Http2ConnectionException.of(
                    Http2Error.PROTOCOL_ERROR,
                    "unexpected non-CONTINUATION frame or stream_id is invalid");
        }
        if (blockStream == 0 && type == FrameType.CONTINUATION) {
            throw Http2ConnectionException.of(
                    Http2Error.PROTOCOL_ERROR, "CONTINUATION: unexpected");
        }
        receiver.onFrame(type, flags, streamId, length);
        if (left == 0) {
            if (type == FrameType.DATA) {
                endOfData();
            } else {
                complete();
            }
        }
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    private void data(ByteBuf in) throws Http2ConnectionException {
        if (has(FrameType.PADDED) && !padLengthRead) {
            padLengthRead = true;
            padding = in.readUnsignedByte();
            left--;
            if (padding > left) {
                throw Http2ConnectionException.of(
                        Http2Error.PROTOCOL_ERROR, "DATA: invalid padding");
            }
            // The pad length counts for flow control like the padding itself.
            receiver.onData(streamId, in.readRetainedSlice(0), 1, false, false);
            if (left == 0) {
                endOfData();
            }
            return;
        }
        int take = Math.min(in.readableBytes(), left - padding);
        if (take > 0) {
            left -= take;
            ByteBuf data = in.readRetainedSlice(take);
            if (left == 0) {
                headBytes = 0;
                receiver.onData(streamId, data, 0, true, has(FrameType.END_STREAM));
            } else {
                receiver.onData(streamId, data, 0, false, false);
            }
            return;
        }
        int skip = Math.min(in.readableBytes(), left);
        in.skipBytes(skip);
        left -= skip;
        padding -= skip;
        if (left == 0) {
            headBytes = 0;
            receiver.onData(
                    streamId, in.readRetainedSlice(0), skip, true, has(FrameType.END_STREAM));
        } else {
            receiver.onData(streamId, in.readRetainedSlice(0), skip, false, false);
        }
    }

    private void endOfData() throws Http2ConnectionException {
        if (has(FrameType.PADDED) && !padLengthRead) {
            throw Http2ConnectionException.of(Http2Error.FRAME_SIZE_ERROR, "DATA: no pad length");
        }
        headBytes = 0;
        receiver.onData(streamId, Unpooled.EMPTY_BUFFER, 0, true, has(FrameType.END_STREAM));
    }

    private void collect(ByteBuf in) throws Http2ConnectionException {
        int take = Math.min(in.readableBytes(), left);
        payload = room(payload, payloadBytes, take);
        in.readBytes(payload, payloadBytes, take);
        payloadBytes += take;
        left -= take;
        if (left == 0) {
            complete();
        }
    }

    private void complete() throws Http2ConnectionException {
        headBytes = 0;
        if (type == FrameType.HEADERS) {
            headers();
        } else if (type == FrameType.CONTINUATION) {
            continuations++;
            if (continuations > maxContinuations) {
                throw Http2ConnectionException.silent(TOO_MANY_CONTINUATIONS);
            }
            append(0, payloadBytes);
        } else {
            receiver.onControl(type, flags, streamId, payload, payloadBytes);
        }
        if (payload.length > 4096) {
            payload = new byte[256];
        }
    }

    private void headers() throws Http2ConnectionException {
        int from = 0;
        int to = payloadBytes;
        if (has(FrameType.PADDED)) {
            if (to == 0) {
                throw Http2ConnectionException.of(
                        Http2Error.FRAME_SIZE_ERROR, "HEADERS: no pad length");
            }
            to -= payload[0] & 0xff;
            from = 1;
        }
        if (has(FrameType.HAS_PRIORITY)) {
            if (payloadBytes - from < 5) {
                throw Http2ConnectionException.of(
                        Http2Error.FRAME_SIZE_ERROR, "HEADERS: no priority");
            }
            if ((int32(payload, from) & 0x7fffffff) == streamId) {
                throw Http2ConnectionException.broken();
            }
            from += 5;
        }
        if (from > to) {
            throw Http2ConnectionException.of(
                    Http2Error.PROTOCOL_ERROR, "HEADERS: invalid padding");
        }
        blockStream = streamId;
        blockBytes = 0;
        continuations = 0;
        blockEndsStream = has(FrameType.END_STREAM);
        append(from, to - from);
    }

    private void append(int from, int bytes) throws Http2ConnectionException {
        if (blockBytes + bytes > maxBlockBytes) {
            throw Http2ConnectionException.of(Http2Error.COMPRESSION_ERROR, "");
        }
        block = room(block, blockBytes, bytes);
        System.arraycopy(payload, from, block, blockBytes, bytes);
        blockBytes += bytes;
        if (has(FrameType.END_HEADERS)) {
            int stream = blockStream;
            blockStream = 0;
            receiver.onHeaders(stream, block, blockBytes, blockEndsStream);
            if (block.length > 8192) {
                block = new byte[512];
            }
        }
    }

    private static byte[] room(byte[] array, int used, int more) {
        return array.length - used >= more
                ? array
                : Arrays.copyOf(array, Math.max(array.length * 2, used + more));
    }

    static int int32(byte[] data, int at) {
        return (data[at] & 0xff) << 24
                | (data[at + 1] & 0xff) << 16
                | (data[at + 2] & 0xff) << 8
                | (data[at + 3] & 0xff);
    }
}
