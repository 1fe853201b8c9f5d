// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.exchange.Exchange;
import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.worker.CollectedOutput;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Map;

/**
 * The responses of one HTTP/1.1 connection, one after another, with the {@link Exchange} that makes
 * them. Output is collected and flushed by the connection. Confined to its event loop.
 */
final class Http1ServerStream implements DownstreamStream {
    private final AcceptedConnection accepted;
    private final Channel channel;
    private final ReadAhead input;
    private final ConnectionLifetime lifetime;
    private final Http1ResponseEncoder encoder;
    private final QueuedResponses queued = new QueuedResponses();
    private final DeferredRequests deferred;
    private final Exchange exchange;
    private boolean closeAfter;

    /**
     * @param onEnd called when an exchange has ended and the next may begin
     */
    Http1ServerStream(
            AcceptedConnection accepted,
            Channel channel,
            ReadAhead input,
            CollectedOutput out,
            ConnectionLifetime lifetime,
            Runnable onEnd) {
        this.accepted = accepted;
        this.channel = channel;
        this.input = input;
        this.lifetime = lifetime;
        this.deferred = new DeferredRequests(accepted.worker());
        this.exchange = accepted.newExchange(this, onEnd);
        this.encoder =
                new Http1ResponseEncoder(
                        accepted.worker().headWriter(),
                        out,
                        accepted.settings().encoderOptions(),
                        exchange.info().downstreamBytes());
    }

    Exchange exchange() {
        return exchange;
    }

    /** The first byte of a request is there. */
    void begin(HttpConnectionManager manager) {
        closeAfter = false;
        encoder.begin();
        exchange.begin(manager);
    }

    /** The request's head is there. */
    void onHead(RequestHead head) {
        encoder.onRequest(head);
    }

    /** What is answered was HTTP/1.0, though its head was refused. */
    void answerAsHttp10() {
        encoder.answerAsHttp10();
    }

    /** What is answered is a HEAD, though it was refused. */
    void answerRefusedHead(boolean old) {
        encoder.answerRefusedHead(old);
    }

    /** Whether the connection ends with the response just sent. */
    boolean isCloseAfter() {
        return closeAfter;
    }

    /** Whether one more response would be too many to wait for being written. */
    boolean isFull() {
        return queued.isFull();
    }

    /** All that was handed over has been written. */
    void onFlush() {
        queued.onFlush();
    }

    @Override
    public Protocol protocol() {
        return Protocol.HTTP_1_1;
    }

    @Override
    public ConnectionInfo connection() {
        return accepted.info();
    }

    @Override
    public Map<String, Object> filterState() {
        return accepted.filterState();
    }

    @Override
    public void sendContinue() {
        exchange.info().setResponseCode(100);
        queued.onOutput();
        encoder.sendContinue();
    }

    @Override
    public void sendInterim(ResponseHead head) {
        queued.onOutput();
        encoder.interim(head);
    }

    @Override
    public void sendHead(ResponseHead head, boolean endStream, boolean close) {
        queued.onOutput();
        closeAfter = encoder.head(head, endStream) || close;
        if (endStream) {
            queued.onEnd(true);
        }
    }

    @Override
    public void sendBody(ByteBuf data, boolean endStream) {
        boolean empty = !data.isReadable();
        encoder.body(data, endStream);
        if (!empty) {
            queued.onOutput();
        }
        if (endStream) {
            queued.onEnd(!empty || encoder.isChunked());
        }
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        encoder.trailers(trailers);
        queued.onEnd(encoder.isChunked());
    }

    @Override
    public void startDrain() {
        // Said by the response.
    }

    @Override
    public void reset(boolean byUpstream) {
        closeAfter = true;
    }

    @Override
    public void readDisable(boolean disable) {
        input.disable(disable);
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void onRedirect() {
        lifetime.onRedirect();
    }

    @Override
    public boolean isLastRequest() {
        return lifetime.isLastRequest();
    }

    @Override
    public boolean isDraining() {
        return lifetime.isDraining();
    }

    /** Bytes of the client are about to be handled. */
    void onRead() {
        deferred.onRead();
    }

    @Override
    public boolean defers(Runnable request) {
        return deferred.defers(request);
    }

    @Override
    public void forget(Runnable request) {
        deferred.forget(request);
    }
}
