// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.worker.CollectedOutput;
import io.netty.buffer.ByteBuf;

/** Puts frames on the wire. Confined to the connection's event loop. */
final class FrameWriter {
    /** What every peer takes; larger frames gain nothing here. */
    static final int MAX_FRAME_BYTES = 16384;

    private static final byte[] PREFACE = Ascii.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private final CollectedOutput out;

    FrameWriter(CollectedOutput out) {
        this.out = out;
    }

    private ByteBuf frame(int type, int flags, int stream, int length) {
        ByteBuf buffer = out.room(FrameType.HEADER_BYTES + length);
        buffer.writeMedium(length);
        buffer.writeByte(type);
        buffer.writeByte(flags);
        buffer.writeInt(stream);
        return buffer;
    }

    /** Forgets what was put there and not yet given to the connection. */
    void takeBack() {
        out.discard();
    }

    /** What a client says before its first frame. */
    void preface() {
        out.bytes(PREFACE);
    }

    /** Pairs of identifier and value. */
    void settings(int[] pairs, int length) {
        ByteBuf buffer = frame(FrameType.SETTINGS, 0, 0, length / 2 * 6);
        for (int i = 0; i < length; i += 2) {
            buffer.writeShort(pairs[i]);
            buffer.writeInt(pairs[i + 1]);
        }
    }

    void settingsAck() {
        frame(FrameType.SETTINGS, FrameType.ACK, 0, 0);
    }

    void ping(byte[] payload, boolean ack) {
        frame(FrameType.PING, ack ? FrameType.ACK : 0, 0, 8).writeBytes(payload, 0, 8);
    }

    void windowUpdate(int stream, int increment) {
        frame(FrameType.WINDOW_UPDATE, 0, stream, 4).writeInt(increment);
    }

    void reset(int stream, Http2Error error) {
        frame(FrameType.RST_STREAM, 0, stream, 4).writeInt(error.code());
    }

    void goAway(int lastStream, Http2Error error, byte[] debug) {
        frame(FrameType.GOAWAY, 0, 0, 8 + debug.length)
                .writeInt(lastStream)
                .writeInt(error.code())
                .writeBytes(debug);
    }

    /** A header block, in as many frames as it takes; gives how many bytes they are. */
    int headers(int stream, byte[] block, int length, boolean endStream) {
        int first = Math.min(length, MAX_FRAME_BYTES);
        int flags = endStream ? FrameType.END_STREAM : 0;
        int frames = 1;
        frame(
                        FrameType.HEADERS,
                        first == length ? flags | FrameType.END_HEADERS : flags,
                        stream,
                        first)
                .writeBytes(block, 0, first);
        for (int at = first; at < length; ) {
            int part = Math.min(length - at, MAX_FRAME_BYTES);
            frame(
                            FrameType.CONTINUATION,
                            at + part == length ? FrameType.END_HEADERS : 0,
                            stream,
                            part)
                    .writeBytes(block, at, part);
            at += part;
            frames++;
        }
        return length + frames * FrameType.HEADER_BYTES;
    }

    /**
     * A DATA frame.
     *
     * @param data taken over; at most the frame size
     */
    void data(int stream, ByteBuf data, boolean endStream) {
        frame(FrameType.DATA, endStream ? FrameType.END_STREAM : 0, stream, data.readableBytes());
        out.body(data, false);
    }
}
