// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.config.Http2Options;
import java.util.ArrayList;
import java.util.List;

/**
 * What the peer may still send, on the connection and on each stream (RFC 9113 section 5.2). A
 * window is renewed when half of it has been taken. Confined to the connection's event loop.
 */
final class ReceiveFlow {
    private final Http2Options options;
    private final FrameWriter writer;
    private final List<Http2Stream> due = new ArrayList<>();
    private int window;
    private int streamWindow;
    private int uncredited;

    ReceiveFlow(Http2Options options, FrameWriter writer) {
        this.options = options;
        this.writer = writer;
        this.window = options.connectionWindow();
        this.streamWindow = Http2Session.DEFAULT_WINDOW;
    }

    /** The window of a stream, as far as the peer has taken note of our setting. */
    int streamWindow() {
        return streamWindow;
    }

    /** The peer has taken note of our setting. */
    void onSettingsAck(Iterable<Http2Stream> streams) {
        int change = options.streamWindow() - streamWindow;
        streamWindow = options.streamWindow();
        for (Http2Stream stream : streams) {
            stream.receiveWindow += change;
        }
    }

    /** Takes a DATA frame off the connection's window; false where it does not fit. */
    boolean take(int bytes) {
        if (bytes > window) {
            return false;
        }
        window -= bytes;
        return true;
    }

    /** Takes a DATA frame off a stream's window; false where it does not fit. */
    static boolean take(Http2Stream stream, int bytes) {
        if (bytes > stream.receiveWindow) {
            return false;
        }
        stream.receiveWindow -= bytes;
        return true;
    }

    /** Data has been taken from a stream, or is held back until the stream is read again. */
    void taken(Http2Stream stream, int bytes) {
        if (stream.readDisabled) {
            stream.unconsumed += bytes;
            return;
        }
        connectionTaken(bytes);
        stream.uncredited += bytes;
        if (stream.uncredited >= streamWindow / 2) {
            if (stream.creditDue == 0) {
                due.add(stream);
            }
            // It counts from now on, although the peer has yet to hear of it, as with nghttp2.
            stream.receiveWindow += stream.uncredited;
            stream.creditDue += stream.uncredited;
            stream.uncredited = 0;
        }
    }

    /** Tells of the windows that are renewed; when all that has come is read. */
    void sendDue() {
        for (int i = 0; i < due.size(); i++) {
            Http2Stream stream = due.get(i);
            if (!stream.remoteEnd) {
                writer.windowUpdate(stream.id(), stream.creditDue);
            }
            stream.creditDue = 0;
        }
        due.clear();
    }

    /** The stream is read again: what was held back counts as taken. */
    void resume(Http2Stream stream) {
        int held = stream.unconsumed;
        stream.unconsumed = 0;
        taken(stream, held);
        sendDue();
    }

    /** Data of no stream that is still open has been taken. */
    void connectionTaken(int bytes) {
        uncredited += bytes;
        if (uncredited >= options.connectionWindow() / 2) {
            writer.windowUpdate(0, uncredited);
            window += uncredited;
            uncredited = 0;
        }
    }
}
