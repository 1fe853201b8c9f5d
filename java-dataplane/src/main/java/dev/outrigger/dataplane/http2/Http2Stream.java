// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.HeaderSink;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a {@link Http2Session}: its windows, what waits to be sent, and which ends are
 * closed. Owns the buffers that wait. Confined to the connection's event loop.
 */
public final class Http2Stream {
    /** Who is told what happens on a stream. */
    public interface Listener {
        /** A header block begins; its fields go where this says. */
        HeaderSink beginHeaders();

        /**
         * The header block is complete.
         *
         * @return {@code null}, or Envoy's response code details for a message that may not be
         */
        @Nullable String onHeaders(boolean endStream);

        /**
         * Body data.
         *
         * @param data given away; may be empty at the end
         */
        void onData(ByteBuf data, boolean endStream);

        /** The peer has reset the stream. */
        void onPeerReset(Http2Error error);

        /** The peer has said goodbye without having looked at the stream. */
        void onRefused();

        /**
         * The peer's message may not be; we have reset the stream.
         *
         * @param details Envoy's response code details
         */
        void onInvalid(String details);

        /** The peer broke a rule on the stream, which we have reset with that error. */
        void onViolation(Http2Error error);

        /** What waited has been sent, so that there is room again. */
        void onWritable();
    }

    private final int id;
    private final int sendLimit;
    private @Nullable Listener listener;
    private @Nullable BytesMeter meter;
    final ArrayDeque<ByteBuf> pending = new ArrayDeque<>(4);
    int pendingBytes;
    int countedBytes;
    boolean pendingEnd;
    byte @Nullable [] pendingTrailers;
    int pendingTrailerFieldBytes;

    /** Whether its head is still to go out. */
    boolean held;

    byte @Nullable [] heldHead;
    int heldFieldBytes;
    boolean heldEnd;
    int sendWindow;
    int receiveWindow;
    int uncredited;
    int unconsumed;
    int creditDue;
    boolean readDisabled;
    boolean localEnd;
    boolean remoteEnd;
    boolean headersSeen;
    boolean answered;
    boolean blockedOnConnection;
    boolean full;
    boolean finished;
    boolean flushing;
    boolean flushLimited;
    long flushDeadline;
    long expectedBytes = -1;
    long receivedBytes;

    /**
     * @param sendLimit how much may wait for the peer's window before no more is taken
     */
    Http2Stream(int id, int sendWindow, int receiveWindow, int sendLimit) {
        this.id = id;
        this.sendLimit = sendLimit;
        this.sendWindow = sendWindow;
        this.receiveWindow = receiveWindow;
    }

    public int id() {
        return id;
    }

    Listener listener() {
        if (listener == null) {
            throw new IllegalStateException("nobody listens");
        }
        return listener;
    }

    void setListener(Listener value) {
        listener = value;
    }

    /** Counts what the stream moves from now on, until it is finished or reset. */
    public void setMeter(BytesMeter value) {
        meter = value;
    }

    void dropMeter() {
        meter = null;
    }

    void frameReceived(int bytes, boolean header) {
        if (meter != null) {
            meter.received(bytes);
            if (header) {
                meter.headerFrameReceived(bytes);
            }
        }
    }

    void fieldsReceived(int bytes) {
        if (meter != null) {
            meter.fieldsReceived(bytes);
        }
    }

    void dataSent(int bytes) {
        if (meter != null) {
            meter.sent(bytes);
        }
    }

    /**
     * @param bytes of the frames
     * @param fieldBytes of names and values
     */
    void headersSent(int bytes, int fieldBytes) {
        if (meter != null) {
            meter.sent(bytes);
            meter.headerFramesSent(bytes);
            meter.fieldsSent(fieldBytes);
        }
    }

    /** The length the message declares, which its body is held to; -1 for none. */
    public void expect(long bytes) {
        expectedBytes = bytes;
    }

    /** Another head follows the one that was read: it was an interim response. */
    public void expectAnotherHead() {
        headersSeen = false;
    }

    /** Whether all has been sent. */
    public boolean isLocalEnd() {
        return localEnd || heldEnd || pendingEnd || pendingTrailers != null;
    }

    /** False while too much waits for the peer's window. */
    public boolean isWritable() {
        return !full;
    }

    /** Whether the body is as long as the message declares, as far as can be told. */
    boolean isLengthRight(boolean ended) {
        return expectedBytes < 0
                || receivedBytes == expectedBytes
                || (!ended && receivedBytes < expectedBytes);
    }

    boolean isIdle() {
        return pending.isEmpty() && !pendingEnd && pendingTrailers == null;
    }

    void add(ByteBuf data) {
        pending.addLast(data);
        pendingBytes += data.readableBytes();
    }

    /** What can be sent has been: whether more waits than may. */
    void noteFull() {
        full |= pendingBytes > sendLimit;
    }

    /** Whether there is room again after there was none. */
    boolean hasEmptied() {
        if (full && pendingBytes <= sendLimit / 2) {
            full = false;
            return true;
        }
        return false;
    }

    void release() {
        for (ByteBuf data = pending.pollFirst(); data != null; data = pending.pollFirst()) {
            data.release();
        }
        pendingBytes = 0;
        pendingEnd = false;
        pendingTrailers = null;
    }
}
