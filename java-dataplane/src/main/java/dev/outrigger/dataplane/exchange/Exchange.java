// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.CodecError;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StatusLine;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One downstream request and its reply: the checks and header changes of the HTTP connection
 * manager, its timers, local replies, and the log line at the end. Attempts are the {@link
 * Router}'s. One object per HTTP/1 connection, reused for one request after another; confined to
 * the connection's event loop.
 *
 * <p>An exchange ends exactly once, by {@link #end}: after the last byte of the reply was handed to
 * the downstream, or when either side was reset.
 */
public final class Exchange implements FormatContext {
    private final WorkerServices services;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final DownstreamStream downstream;
    private final Runnable onEnd;
    private final StreamInfo info = new StreamInfo();
    private final ResponseHead localHead = new ResponseHead();
    private final Router router;
    private final Timers.Timer idleTimer;
    private final Timers.Timer requestTimer;
    private final Timers.Timer durationTimer;
    private HttpConnectionManager manager;
    private @Nullable RequestHead request;
    private @Nullable ResponseHead response;
    private @Nullable Route route;
    private boolean active;
    private boolean requestComplete;
    private boolean responseStarted;
    private boolean http10;
    private long idleNanos;

    /**
     * @param onEnd called when an exchange has ended and the next may begin
     */
    public Exchange(
            WorkerServices services,
            HttpConnectionManager manager,
            DownstreamStream downstream,
            Runnable onEnd) {
        this.services = services;
        this.worker = services.worker();
        this.shard = worker.stats();
        this.manager = manager;
        this.downstream = downstream;
        this.onEnd = onEnd;
        this.router = new Router(services, this);
        this.idleTimer = worker.timers().timer(this::onIdleTimeout);
        this.requestTimer = worker.timers().timer(this::onRequestTimeout);
        this.durationTimer = worker.timers().timer(this::onMaxDuration);
    }

    @Override
    public @Nullable RequestHead request() {
        return request;
    }

    @Override
    public @Nullable ResponseHead response() {
        return response;
    }

    @Override
    public StreamInfo info() {
        return info;
    }

    public boolean isActive() {
        return active;
    }

    public boolean isRequestComplete() {
        return requestComplete;
    }

    HttpConnectionManager manager() {
        return manager;
    }

    HttpConnectionManager.Settings settings() {
        return manager.settings();
    }

    DownstreamStream downstream() {
        return downstream;
    }

    @Nullable Route route() {
        return route;
    }

    boolean isResponseStarted() {
        return responseStarted;
    }

    private HcmStats stats() {
        return manager.settings().stats;
    }

    /** Begins an exchange with the configuration of this moment. */
    public void begin(HttpConnectionManager current) {
        manager = current;
        active = true;
        request = null;
        response = null;
        route = null;
        requestComplete = false;
        responseStarted = false;
        http10 = false;
        info.begin(downstream.connection(), worker.wallMillis(), worker.now());
        HttpConnectionManager.Settings settings = current.settings();
        shard.inc(settings.stats.rqTotal);
        shard.inc(settings.stats.rqHttp1Total);
        shard.inc(settings.stats.rqActive);
        idleNanos = settings.streamIdleTimeoutNanos;
        touch();
        if (settings.requestTimeoutNanos > 0) {
            requestTimer.arm(worker.now(), settings.requestTimeoutNanos);
        }
        if (settings.maxStreamDurationNanos > 0) {
            durationTimer.arm(worker.now(), settings.maxStreamDurationNanos);
        }
    }

    /** Something happened on the stream: the idle timer starts anew (T2). */
    void touch() {
        if (idleNanos > 0) {
            idleTimer.arm(worker.now(), idleNanos);
        }
    }

    /**
     * The request's head has been read.
     *
     * @param head valid until the exchange ends
     */
    public void onHead(RequestHead head, boolean endStream) {
        request = head;
        http10 = head.isHttp10();
        info.setHttp10(http10);
        if (endStream) {
            onRequestEnd();
        }
        HttpConnectionManager.Settings settings = manager.settings();
        RequestChecks.Refusal refusal =
                RequestChecks.check(head, settings.config, downstream, settings.stats, shard);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        RequestMutations.apply(head, settings, manager.routes(), info, worker.random());
        route(head, endStream);
    }

    private void refuse(RequestChecks.Refusal refusal) {
        if (refusal.status() == 307 && request != null) {
            info.setDetails(refusal.details());
            localHead.reset();
            localHead.setStatus(refusal.status());
            localHead.headers().add(KnownHeader.LOCATION, Ascii.bytes(request.path()));
            sendLocal("", false);
            return;
        }
        // Envoy closes after a 400 of its own making, not after the 404s (E15).
        sendLocalReply(
                refusal.status(), "", null, refusal.details(), refusal.status() == 400, false);
    }

    private void route(RequestHead head, boolean endStream) {
        HttpConnectionManager.Settings settings = manager.settings();
        Route found = manager.routes() == null ? null : manager.routes().find(head);
        route = found;
        if (found == null) {
            shard.inc(settings.stats.noRoute);
            sendLocalReply(404, "", ResponseFlag.NO_ROUTE_FOUND, "route_not_found", false, false);
            return;
        }
        if (!found.name().isEmpty()) {
            info.setRouteName(found.name());
        }
        if (head.isUpgrade()) {
            shard.inc(settings.stats.rqWsOnNonWsRoute);
            sendLocalReply(403, "", null, "upgrade_failed", true, false);
            return;
        }
        info.setVirtualHost(found.virtualHost().name());
        if (found.idleTimeoutNanos() >= 0) {
            idleNanos = found.idleTimeoutNanos();
            idleTimer.disarm();
            touch();
        }
        router.start(head, found, endStream);
    }

    /**
     * Body data of the request.
     *
     * @param data owned by the exchange
     */
    public void onBody(ByteBuf data, boolean endStream) {
        if (!active) {
            data.release();
            return;
        }
        info.addBytesReceived(data.readableBytes());
        touch();
        if (endStream) {
            onRequestEnd();
        }
        router.onRequestBody(data, endStream);
    }

    private void onRequestEnd() {
        requestComplete = true;
        info.setRequestEndNanos(worker.now());
        requestTimer.disarm();
    }

    /** The codec refused the request. */
    public void onCodecError(CodecError error) {
        info.setFlag(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
        if (responseStarted) {
            info.setDetails(error.details());
            abort();
            return;
        }
        sendLocalReply(
                error.status(),
                StatusLine.reason(error.status()),
                null,
                error.details(),
                true,
                false);
    }

    /**
     * The request's head did not come in time.
     *
     * @param configured whether {@code request_headers_timeout} said so, else the stream was idle
     */
    public void onHeadTimeout(boolean configured) {
        if (configured) {
            shard.inc(stats().rqHeaderTimeout);
            sendLocalReply(
                    408, "request header timeout", null, "request_header_timeout", true, false);
        } else {
            onIdleTimeout();
        }
    }

    /** The client is gone. */
    public void onDownstreamClosed() {
        if (active) {
            shard.inc(stats().rqRxReset);
            info.setFlag(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION);
            info.setDetails("downstream_remote_disconnect");
            if (!responseStarted) {
                info.setResponseCode(0);
            }
            router.cancel();
            end();
        }
    }

    /** The client keeps up again, or no longer does. */
    public void onDownstreamWritable(boolean writable) {
        if (active) {
            router.onDownstreamWritable(writable);
        }
    }

    private void onIdleTimeout() {
        if (!active) {
            return;
        }
        shard.inc(stats().rqIdleTimeout);
        info.setFlag(ResponseFlag.STREAM_IDLE_TIMEOUT);
        if (responseStarted) {
            info.setDetails("stream_idle_timeout");
            shard.inc(stats().rqTxReset);
            abort();
        } else {
            router.cancel();
            sendLocalReply(
                    requestComplete ? 504 : 408,
                    "stream timeout",
                    null,
                    "stream_idle_timeout",
                    false,
                    false);
        }
        worker.flushDirty();
    }

    private void onRequestTimeout() {
        if (!active || requestComplete) {
            return;
        }
        shard.inc(stats().rqTimeout);
        if (responseStarted) {
            abort();
        } else {
            router.cancel();
            sendLocalReply(408, "request timeout", null, "request_overall_timeout", false, false);
        }
        worker.flushDirty();
    }

    private void onMaxDuration() {
        if (!active) {
            return;
        }
        shard.inc(stats().rqMaxDurationReached);
        if (responseStarted) {
            info.setDetails("max_duration_timeout");
            abort();
        } else {
            router.cancel();
            sendLocalReply(
                    requestComplete ? 504 : 408,
                    "downstream duration timeout",
                    null,
                    "max_duration_timeout",
                    false,
                    false);
        }
        worker.flushDirty();
    }

    /** Ends the exchange by cutting the client off. */
    void abort() {
        router.cancel();
        downstream.reset();
        end();
    }

    /** A reply of our own (1.16), with the route's response edits where a route was found. */
    void sendLocalReply(
            int status,
            String body,
            @Nullable ResponseFlag flag,
            String details,
            boolean close,
            boolean overloaded) {
        if (flag != null) {
            info.setFlag(flag);
        }
        info.setDetails(details);
        router.cancel();
        localHead.reset();
        localHead.setStatus(status);
        if (overloaded) {
            localHead.headers().add(KnownHeader.ENVOY_OVERLOADED, LocalReplies.TRUE);
        }
        sendLocal(body, close);
    }

    /** A redirect or direct response: {@code location} may be empty. */
    void sendRouteReply(int status, String body, String location) {
        info.setDetails("direct_response");
        localHead.reset();
        localHead.setStatus(status);
        if (!location.isEmpty()) {
            localHead.headers().add(KnownHeader.LOCATION, Ascii.bytes(location));
        }
        sendLocal(body, false);
    }

    private void sendLocal(String body, boolean close) {
        RequestHead head = request;
        router.editLocalResponse(localHead);
        boolean grpc = head != null && head.isGrpc() && !close;
        boolean toHead = head != null && head.method() == Method.HEAD;
        byte[] bytes = LocalReplies.complete(localHead, body, grpc);
        boolean endStream = bytes.length == 0 || toHead;
        sendHead(localHead, endStream, close);
        if (!endStream) {
            sendBody(Unpooled.wrappedBuffer(bytes), true);
        }
    }

    /** Sends the final head; the route's edits have been made. */
    void sendHead(ResponseHead head, boolean endStream, boolean close) {
        touch();
        HttpConnectionManager.Settings settings = manager.settings();
        ResponseMutations.apply(head, request, settings, worker);
        response = head;
        responseStarted = true;
        info.setResponseCode(head.status());
        settings.stats.chargeResponse(shard, head.status());
        boolean draining = downstream.isDraining();
        boolean closing = mustClose(close, draining);
        HeaderBlock headers = head.headers();
        if ((closing || draining) && head.status() != 101) {
            headers.set(KnownHeader.CONNECTION, LocalReplies.CLOSE);
        } else if (http10) {
            headers.set(KnownHeader.CONNECTION, LocalReplies.KEEP_ALIVE);
        }
        downstream.sendHead(head, endStream, closing);
        if (endStream) {
            end();
        }
    }

    /** Whether the connection ends with this response; one that drains ends in its own time. */
    private boolean mustClose(boolean asked, boolean draining) {
        boolean close = downstream.isLastRequest();
        if (!requestComplete) {
            // The rest of the request could not be told from the next one (K1).
            shard.inc(stats().rqResponseBeforeRqComplete);
            close = true;
        }
        RequestHead head = request;
        boolean said = asked;
        if (head != null) {
            said |= head.isCloseRequested() || (http10 && !head.isKeepAliveRequested());
        }
        return close || (said && !draining);
    }

    /** Sends body data, which becomes the downstream's. */
    void sendBody(ByteBuf data, boolean endStream) {
        touch();
        info.addBytesSent(data.readableBytes());
        downstream.sendBody(data, endStream);
        if (endStream) {
            end();
        }
    }

    /** The exchange is over: stats, log line, and the connection may go on. */
    private void end() {
        if (!active) {
            return;
        }
        active = false;
        idleTimer.disarm();
        requestTimer.disarm();
        durationTimer.disarm();
        router.end();
        info.setEndNanos(worker.now());
        HttpConnectionManager.Settings settings = manager.settings();
        shard.dec(settings.stats.rqActive);
        shard.record(settings.stats.rqTime, info.durationMillis());
        for (AccessLog log : settings.accessLogs) {
            services.log(log, this);
        }
        onEnd.run();
    }

    /** Gives up what outlives a single exchange; the connection is closed. */
    public void dispose() {
        idleTimer.discard();
        requestTimer.discard();
        durationTimer.discard();
        router.dispose();
    }
}
