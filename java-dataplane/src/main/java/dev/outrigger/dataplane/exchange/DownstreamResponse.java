// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.filter.HttpFilterChain;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The response of an exchange on its way to the client: through the filters ({@code send…}), then
 * with the connection manager's header edits to the codec ({@code write…}), and the decision
 * whether the connection ends with it (1.14). Follows {@code ConnectionManagerImpl::ActiveStream}
 * of Envoy. One per {@link Exchange}; confined to its event loop.
 */
final class DownstreamResponse {
    private final Exchange exchange;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final DownstreamStream downstream;
    private @Nullable ResponseHead head;
    private @Nullable HeaderBlock trailers;
    private boolean started;
    private boolean closeAsked;

    DownstreamResponse(Exchange exchange, WorkerContext worker, DownstreamStream downstream) {
        this.exchange = exchange;
        this.worker = worker;
        this.shard = worker.stats();
        this.downstream = downstream;
    }

    void reset() {
        head = null;
        trailers = null;
        started = false;
        closeAsked = false;
    }

    /** Whether it was said with the head that the connection ends with it. */
    boolean isCloseAsked() {
        return closeAsked;
    }

    /** The final head; {@code null} before there is one. */
    @Nullable ResponseHead head() {
        return head;
    }

    /** The trailers; {@code null} unless the response has ended with them. */
    @Nullable HeaderBlock trailers() {
        return trailers;
    }

    /** Whether the client has been sent the final head. */
    boolean isStarted() {
        return started;
    }

    /** The final head, before the route's edits, which may speak of it. */
    void begin(ResponseHead response) {
        head = response;
    }

    /** The upstream's 1xx goes on where {@code proxy_100_continue} says so (E11). */
    void sendInterim(ResponseHead interim) {
        RequestHead asked = exchange.request();
        HttpConnectionManager.Settings settings = exchange.settings();
        if (asked != null && settings.config.proxy100Continue()) {
            exchange.touch();
            exchange.info().setResponseCode(interim.status());
            if (!exchange.info().isHealthCheck()) {
                settings.stats.chargeInterim(shard);
            }
            ResponseMutations.strip(interim, asked);
            ResponseMutations.requestId(interim, asked, settings);
            downstream.sendInterim(interim);
        }
    }

    /** Sends the final head through the filters; the route's edits have been made. */
    void sendHead(ResponseHead response, boolean endStream, boolean close) {
        head = response;
        closeAsked = close;
        HttpFilterChain chain = exchange.chain();
        if (chain == null) {
            writeHead(response, endStream);
        } else {
            chain.encodeHeaders(response, endStream);
        }
    }

    /** Writes the final head. */
    void writeHead(ResponseHead response, boolean endStream) {
        exchange.touch();
        HttpConnectionManager.Settings settings = exchange.settings();
        ResponseMutations.apply(response, exchange.request(), settings, worker);
        if (settings.proxyStatus != null) {
            settings.proxyStatus.apply(response, exchange.info());
        }
        started = true;
        exchange.info().setResponseCode(response.status());
        if (!exchange.info().isHealthCheck()) {
            settings.stats.chargeResponse(shard, response.status());
        }
        boolean draining = downstream.isDraining();
        boolean closing = mustClose(draining);
        HeaderBlock headers = response.headers();
        if ((closing || draining) && !isTunnelAnswer(response)) {
            headers.set(KnownHeader.CONNECTION, LocalReplies.CLOSE);
        } else if (exchange.isHttp10()) {
            headers.set(KnownHeader.CONNECTION, LocalReplies.KEEP_ALIVE);
        }
        exchange.info().downstreamTxBegin(worker.now());
        downstream.sendHead(response, endStream, closing);
        int status = response.status();
        exchange.downstreamRequest().logTunnel(status);
        if (endStream) {
            end();
        } else {
            exchange.downstreamRequest().onAnswer(status);
        }
    }

    /** Whether what follows the head is not HTTP, so that it says nothing of the connection. */
    private boolean isTunnelAnswer(ResponseHead response) {
        RequestHead asked = exchange.request();
        // An upgrade's words are there still only where the request asked for one.
        return ResponseMutations.isUpgrade(response.headers())
                || (asked != null && asked.method() == Method.CONNECT && response.status() == 200);
    }

    /** Whether the connection ends with this response; one that drains ends in its own time. */
    private boolean mustClose(boolean draining) {
        boolean close = downstream.isLastRequest();
        if (!exchange.isRequestComplete()) {
            // The rest of the request could not be told from the next one (K1).
            shard.inc(exchange.stats().rqResponseBeforeRqComplete);
            close = true;
        }
        RequestHead asked = exchange.request();
        boolean said = closeAsked;
        if (asked != null) {
            said |= asked.isCloseRequested() || (exchange.isHttp10() && !mayStay());
        }
        return close || (said && !draining);
    }

    /** Whether an HTTP/1.0 client that asked to keep its connection could do so. */
    boolean mayStay() {
        RequestHead asked = exchange.request();
        return asked != null && asked.isKeepAliveRequested() && (head == null || hasLength(head));
    }

    /** Envoy wants to see a length, even where there is no body (observed). */
    private static boolean hasLength(ResponseHead response) {
        return response.headers().has(KnownHeader.CONTENT_LENGTH);
    }

    /** Sends body data, which is given away, through the filters. */
    void sendBody(ByteBuf data, boolean endStream) {
        HttpFilterChain chain = exchange.chain();
        if (chain == null) {
            writeBody(data, endStream);
        } else {
            chain.encodeData(data, endStream);
        }
    }

    /** Writes body data, which becomes the downstream's. */
    void writeBody(ByteBuf data, boolean endStream) {
        exchange.touch();
        exchange.info().addBytesSent(data.readableBytes());
        downstream.sendBody(data, endStream);
        if (endStream) {
            end();
        }
    }

    /** Sends the response's trailers, which end it, through the filters. */
    void sendTrailers(HeaderBlock last) {
        HttpFilterChain chain = exchange.chain();
        if (chain == null) {
            writeTrailers(last);
        } else {
            chain.encodeTrailers(last);
        }
    }

    /** Writes trailers. */
    void writeTrailers(HeaderBlock last) {
        trailers = last;
        exchange.touch();
        downstream.sendTrailers(last);
        end();
    }

    /** All is sent; a request that is not complete by now is reset, and Envoy counts that. */
    private void end() {
        exchange.info().downstreamTxEnd(worker.now());
        if (!exchange.isRequestComplete()) {
            shard.inc(exchange.stats().rqRxReset);
            exchange.noteReset();
        }
        exchange.end();
    }
}
