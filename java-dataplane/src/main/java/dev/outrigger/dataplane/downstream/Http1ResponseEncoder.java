// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.message.HeadWriter;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.worker.CollectedOutput;
import io.netty.buffer.ByteBuf;

/**
 * Puts one response after another on the wire, framed as its request demands (E9). Confined to the
 * connection's event loop.
 */
final class Http1ResponseEncoder {
    private final HeadWriter writer;
    private final CollectedOutput out;
    private boolean toHead;
    private boolean toHttp10;
    private boolean chunked;

    Http1ResponseEncoder(HeadWriter writer, CollectedOutput out) {
        this.writer = writer;
        this.out = out;
    }

    /** A request has begun; what it is, is not known yet. */
    void begin() {
        toHead = false;
        toHttp10 = false;
        chunked = false;
    }

    /** What the response answers. */
    void onRequest(RequestHead head) {
        toHead = head.method() == Method.HEAD;
        toHttp10 = head.isHttp10();
    }

    void sendContinue() {
        out.bytes(HeadWriter.continueLine());
    }

    /**
     * Sends the final head.
     *
     * @return whether the end of the body can only be told by closing
     */
    boolean head(ResponseHead head, boolean endStream) {
        chunked = writer.response(head, endStream, toHead, toHttp10);
        out.head(writer);
        return toHttp10 && !endStream && !head.headers().has(KnownHeader.CONTENT_LENGTH);
    }

    /**
     * Sends body data.
     *
     * @param data taken over
     */
    void body(ByteBuf data, boolean endStream) {
        if (toHead) {
            data.release();
        } else {
            out.body(data, chunked);
        }
        if (endStream && chunked) {
            out.lastChunk();
        }
    }
}
