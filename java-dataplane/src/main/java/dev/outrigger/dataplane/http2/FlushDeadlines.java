// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

/**
 * The streams whose exchange is over and whose peer has not taken all of it: how long it may take
 * its time. Confined to the connection's event loop.
 */
final class FlushDeadlines {
    private int streams;

    /**
     * @param nanos from now on; 0 for ever
     */
    void begin(Http2Stream stream, long now, long nanos) {
        stream.flushing = true;
        stream.flushLimited = nanos > 0;
        stream.flushDeadline = now + nanos;
        streams++;
    }

    /** Everything went out, or nobody waits for it any more. */
    void end(Http2Stream stream) {
        if (stream.flushing) {
            stream.flushing = false;
            streams--;
        }
    }

    static boolean isLate(Http2Stream stream, long now) {
        return stream.flushing && stream.flushLimited && now - stream.flushDeadline >= 0;
    }

    /** After how many nanoseconds the next stream is late; -1 for never. */
    long next(Iterable<Http2Stream> all, long now) {
        long next = -1;
        if (streams == 0) {
            return next;
        }
        for (Http2Stream stream : all) {
            if (stream.flushing && stream.flushLimited) {
                long left = Math.max(0, stream.flushDeadline - now);
                next = next < 0 ? left : Math.min(next, left);
            }
        }
        return next;
    }
}
