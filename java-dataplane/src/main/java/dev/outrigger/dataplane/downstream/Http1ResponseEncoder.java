// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.message.AnsweredRequest;
import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.EncoderOptions;
import dev.outrigger.dataplane.message.HeadWriter;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
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
    private final EncoderOptions options;
    private final BytesMeter meter;
    private final AnsweredRequest request = new AnsweredRequest();
    private boolean chunked;

    /**
     * @param meter counts what goes out
     */
    Http1ResponseEncoder(
            HeadWriter writer, CollectedOutput out, EncoderOptions options, BytesMeter meter) {
        this.writer = writer;
        this.out = out;
        this.options = options;
        this.meter = meter;
    }

    /** A request has begun; what it is, is not known yet. */
    void begin() {
        request.reset();
        chunked = false;
    }

    /** What the response answers. */
    void onRequest(RequestHead head) {
        request.set(head);
    }

    /** What is answered was HTTP/1.0, though its head was refused. */
    void answerAsHttp10() {
        request.setHttp10();
    }

    /** What is answered is a HEAD, though it was refused. */
    void answerRefusedHead(boolean old) {
        request.setRefusedHead(old);
    }

    /** Whether the body being sent is in chunks. */
    boolean isChunked() {
        return chunked;
    }

    void sendContinue() {
        out.bytes(HeadWriter.continueLine());
        meter.sent(HeadWriter.continueLine().length);
    }

    void interim(ResponseHead head) {
        writer.interim(head, options);
        sendHead();
    }

    /**
     * Sends the final head.
     *
     * @return whether the end of the body can only be told by closing
     */
    boolean head(ResponseHead head, boolean endStream) {
        chunked = writer.response(head, endStream, request, options);
        sendHead();
        return request.isHttp10() && !endStream && !head.headers().has(KnownHeader.CONTENT_LENGTH);
    }

    private void sendHead() {
        out.head(writer);
        meter.sent(writer.length());
        meter.headSent(writer.headerBytes());
    }

    /**
     * Sends body data.
     *
     * @param data taken over
     */
    void body(ByteBuf data, boolean endStream) {
        long before = out.handed();
        if (request.isHead()) {
            data.release();
        } else {
            out.body(data, chunked);
        }
        if (endStream && chunked) {
            out.lastChunk();
        }
        meter.sent(out.handed() - before);
    }

    /** Ends the body with trailers. */
    void trailers(HeaderBlock trailers) {
        if (!chunked) {
            return;
        }
        if (options.trailers()) {
            writer.trailers(trailers, options);
            sendHead();
        } else {
            long before = out.handed();
            out.lastChunk();
            meter.sent(out.handed() - before);
        }
    }
}
