// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import java.util.ArrayList;
import java.util.List;

/**
 * What one event of the socket, with however many reads it has, leaves to be done at its end:
 * nghttp2 is given all of it at once and writes when it has read it. Confined to the connection's
 * event loop.
 */
final class ReadEvent {
    private final List<Http2Stream> over = new ArrayList<>();
    private final List<Http2Stream> opened = new ArrayList<>(0);
    private final List<Integer> resetStreams = new ArrayList<>(0);
    private boolean underWay;
    private boolean greeted;

    /**
     * More has come.
     *
     * @param prefaceOut whether our preface went out before
     */
    void begin(boolean prefaceOut) {
        greeted |= prefaceOut;
        underWay = true;
    }

    /** Whether something is being read. */
    boolean isUnderWay() {
        return underWay;
    }

    /** Whether our preface went out before what is being read. */
    boolean isGreeted() {
        return greeted;
    }

    /** A stream that ends with the event. */
    void conclude(Http2Stream stream) {
        over.add(stream);
    }

    /** We have opened a stream, whose head goes out with the event's end. */
    void open(Http2Stream stream) {
        opened.add(stream);
    }

    /** The streams that were opened; the caller empties it. */
    List<Http2Stream> opened() {
        return opened;
    }

    /** We reset a stream; no effect outside of an event. */
    void onReset(int streamId) {
        if (underWay) {
            resetStreams.add(streamId);
        }
    }

    boolean isReset(int streamId) {
        return resetStreams.contains(streamId);
    }

    /** How many resets were said since the event began. */
    int resets() {
        return resetStreams.size();
    }

    /** The event has no more reads: the streams that end with it. */
    List<Http2Stream> end() {
        underWay = false;
        greeted = true;
        resetStreams.clear();
        return over;
    }

    /** The streams of {@link #end} have been seen to. */
    void clear() {
        over.clear();
    }
}
