// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.MetadataKind;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.filter.HttpFilterChain;
import dev.outrigger.dataplane.message.AccessLogType;
import dev.outrigger.dataplane.message.CodecError;
import dev.outrigger.dataplane.message.DownstreamStream;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StatusLine;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.route.VirtualHost;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import java.util.function.Supplier;
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
    private final Supplier<HttpConnectionManager> newest;
    private final Runnable onEnd;
    private final StreamInfo info = new StreamInfo();
    private final ChosenRoute choice;
    private final DownstreamResponse response;
    private final LocalReplySender replies;
    private final Router router;
    private final ExchangeFilters filters;
    private final StreamTimers timers;
    private HttpConnectionManager manager;
    private final DownstreamRequest request;
    private final InternalRedirects redirects;
    private boolean active;

    /** Told to nobody before the log line: Envoy closes the connection with it (observed). */
    private @Nullable ResponseFlag flagAtEnd;

    /**
     * @param newest the connection manager as of now
     * @param onEnd called when an exchange has ended and the next may begin
     */
    public Exchange(
            WorkerServices services,
            HttpConnectionManager manager,
            Supplier<HttpConnectionManager> newest,
            DownstreamStream downstream,
            Runnable onEnd) {
        this.services = services;
        this.worker = services.worker();
        this.shard = worker.stats();
        this.choice = new ChosenRoute(this, info, shard);
        this.manager = manager;
        this.newest = newest;
        this.downstream = downstream;
        this.onEnd = onEnd;
        this.router = new Router(services, this);
        this.request = new DownstreamRequest(this, worker, downstream, router);
        this.filters = new ExchangeFilters(this, worker);
        this.timers = new StreamTimers(this, worker);
        this.response = new DownstreamResponse(this, worker, downstream);
        this.replies = new LocalReplySender(this);
        this.redirects = new InternalRedirects(this);
    }

    @Override
    public @Nullable RequestHead request() {
        return request.head();
    }

    @Override
    public @Nullable ResponseHead response() {
        return response.head();
    }

    @Override
    public @Nullable HeaderBlock trailers() {
        return response.trailers();
    }

    @Override
    public StreamInfo info() {
        return info;
    }

    @Override
    public @Nullable Metadata metadata(MetadataKind kind) {
        return switch (kind) {
            case DYNAMIC -> null;
            case ROUTE -> choice.known() == null ? null : choice.known().metadata();
            case VIRTUAL_HOST -> {
                VirtualHost host = choice.virtualHost();
                yield host == null ? null : host.metadata();
            }
            case CLUSTER ->
                    choice.knownCluster() == null
                            ? null
                            : choice.knownCluster().config().metadata();
            case UPSTREAM_HOST -> info.upstreamMetadata();
        };
    }

    @Override
    public String uniqueId() {
        return new String(RequestIds.next(worker.random()), US_ASCII);
    }

    public boolean isActive() {
        return active;
    }

    public boolean isRequestComplete() {
        return request.isComplete();
    }

    /** Whether its answer, one of our own, ended the connection, whatever the client had asked. */
    public boolean isCloseAsked() {
        return downstreamResponse().isCloseAsked();
    }

    /** Whether an HTTP/1.0 client that asked to keep its connection could do so. */
    public boolean mayStay() {
        return downstreamResponse().mayStay();
    }

    /** Monotonic time of this very moment. */
    long exactNow() {
        return worker.exactNow();
    }

    HttpConnectionManager manager() {
        return manager;
    }

    /** Takes the routes and clusters of now; the rest stays as it was when the exchange began. */
    void refreshRoutes() {
        manager = manager.withRoutesOf(newest.get());
        choice.forget();
    }

    HttpConnectionManager.Settings settings() {
        return manager.settings();
    }

    /** What the router of this exchange's filters says. */
    RouterOptions routerOptions() {
        return manager.settings().router(request.upgradeType());
    }

    DownstreamStream downstream() {
        return downstream;
    }

    /** The request's route, found once and kept. */
    @Nullable Route route() {
        return choice.route();
    }

    /** The route, and the cluster chosen with it. */
    ChosenRoute choice() {
        return choice;
    }

    /** The response on its way to the client. */
    DownstreamResponse downstreamResponse() {
        return response;
    }

    /** Whether there is a response, on its way or being made. */
    public boolean isResponseBegun() {
        return response.head() != null;
    }

    boolean isResponseStarted() {
        return response.isStarted();
    }

    boolean isHttp10() {
        return request.isHttp10();
    }

    /** The filters in front of the router; {@code null} for none. */
    @Nullable HttpFilterChain chain() {
        return filters.chain();
    }

    ExchangeFilters filters() {
        return filters;
    }

    /** The replies of the proxy's own. */
    LocalReplySender replies() {
        return replies;
    }

    /** The internal redirects that led to this exchange. */
    InternalRedirects redirects() {
        return redirects;
    }

    /** The request on its way from the client. */
    DownstreamRequest downstreamRequest() {
        return request;
    }

    StreamTimers timers() {
        return timers;
    }

    HcmStats stats() {
        return manager.settings().stats;
    }

    /** Begins an exchange with the configuration of this moment. */
    public void begin(HttpConnectionManager current) {
        manager = current;
        active = true;
        flagAtEnd = null;
        request.reset();
        response.reset();
        choice.begin();
        filters.reset();
        info.begin(downstream.connection(), worker.wallMillis(), worker.now());
        HttpConnectionManager.Settings settings = current.settings();
        shard.inc(settings.stats.rqTotal);
        Protocol protocol = downstream.protocol();
        info.setProtocol(protocol);
        shard.inc(
                protocol == Protocol.HTTP_2
                        ? settings.stats.rqHttp2Total
                        : settings.stats.rqHttp1Total);
        shard.inc(settings.stats.rqActive);
        timers.begin(settings);
    }

    /** Something happened on the stream: the idle timer starts anew (T2). */
    void touch() {
        timers.touch();
    }

    /**
     * The request's head has been read.
     *
     * @param head valid until the exchange ends
     */
    public void onHead(RequestHead head, boolean endStream) {
        choice.draw(worker.random().nextLong());
        redirects.reset();
        request.onHead(head, endStream);
    }

    boolean isWebSocket() {
        return request.isWebSocket();
    }

    /** The upgrade that was asked for, if any. */
    Upgrade upgrade() {
        return request.upgrade();
    }

    /** The log line that is written while the exchange lasts. */
    void logPeriodically() {
        logAt(AccessLogType.DOWNSTREAM_PERIODIC, true);
    }

    /** Writes a log line before the exchange's end, if that is {@code wanted}. */
    void logAt(AccessLogType type, boolean wanted) {
        if (wanted) {
            info.setLogType(type);
            info.setEndNanos(worker.now());
            for (AccessLog log : settings().accessLogs) {
                services.log(log, this);
            }
            info.setLogType(AccessLogType.DOWNSTREAM_END);
        }
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
        request.onBody(data, endStream);
    }

    /** The request's trailers, which end it; valid until the exchange ends. */
    public void onTrailers(HeaderBlock trailers) {
        if (active) {
            request.onTrailers(trailers);
        }
    }

    /** The codec refused the request. */
    public void onCodecError(CodecError error) {
        flagAtEnd = ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR;
        if (response.isStarted()) {
            info.setDetails(error.details());
            abort();
            return;
        }
        replies.send(
                error.status(),
                StatusLine.reason(error.status()),
                null,
                error.details(),
                true,
                false);
    }

    /** The client asks on while more answers wait to be written than Envoy lets wait (K6). */
    public void onTooManyResponses() {
        info.setFlag(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
        info.setDetails("codec_error:Too_many_responses_queued.");
        shard.inc(stats().rqRxReset);
        end();
    }

    /** The request's head did not come within {@code request_headers_timeout}. */
    public void onHeadTimeout() {
        shard.inc(stats().rqHeaderTimeout);
        replies.send(408, "request header timeout", null, "request_header_timeout", true, false);
    }

    /**
     * The client's connection is gone.
     *
     * @param details who closed it, and why
     */
    public void onDownstreamClosed(String details) {
        onDownstreamReset(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION, details);
    }

    /** The client's stream is gone; nothing more can be sent on it. */
    public void onDownstreamReset(ResponseFlag flag, String details) {
        if (active) {
            info.setFlag(flag);
            info.setDetails(details);
            onDownstreamGone();
        }
    }

    /** The same where the client takes it for no error. */
    public void onDownstreamGone() {
        if (active) {
            shard.inc(stats().rqRxReset);
            if (!response.isStarted() && info.responseCode() >= 200) {
                info.setResponseCode(0);
            }
            // Envoy writes the exchange's line, and then ends its attempts, whose lines follow.
            finish(true);
            onEnd.run();
        }
    }

    /** The client keeps up again, or no longer does. */
    public void onDownstreamWritable(boolean writable) {
        if (active) {
            router.onDownstreamWritable(writable && !filters.isHoldingResponse());
        }
    }

    /** Stops or resumes reading the request, for back-pressure. */
    void pauseReading(boolean pause) {
        shard.inc(pause ? stats().flowControlPaused : stats().flowControlResumed);
        downstream.readDisable(pause);
    }

    /** More of the request is to be kept than may be (L6). */
    void onRequestTooLarge() {
        shard.inc(stats().rqTooLarge);
        replies.send(413, StatusLine.reason(413), null, "request_payload_too_large", false, false);
    }

    /** More of the response is to be kept than may be (L6). */
    void onResponseTooLarge() {
        shard.inc(stats().rsTooLarge);
        if (response.isStarted()) {
            info.setDetails("response_payload_too_large");
            abort();
            return;
        }
        replies.send(500, StatusLine.reason(500), null, "response_payload_too_large", false, false);
    }

    /** Ends the exchange by cutting the client off. */
    void abort() {
        abort(false);
    }

    /** The same because the upstream has been. */
    void abortWithUpstream() {
        abort(true);
    }

    private void abort(boolean byUpstream) {
        router.cancel();
        shard.inc(stats().rqTxReset);
        // Envoy counts every reset of a stream here, whoever began it.
        shard.inc(stats().rqRxReset);
        downstream.reset(byUpstream);
        noteReset();
        end();
    }

    /** What the codec has to say of a stream that this side resets is its fault, to Envoy. */
    void noteReset() {
        String noted = downstream.resetDetails();
        if (noted != null) {
            info.setFlag(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
            info.setDetails(noted);
        }
    }

    void cancelRouter() {
        router.cancel();
    }

    /** The route's edits of a reply of our own. */
    void editLocalResponse(ResponseHead head, boolean overloaded) {
        router.editLocalResponse(head, overloaded);
    }

    /** The exchange is over: stats, log line, and the connection may go on. */
    void end() {
        if (!active) {
            return;
        }
        finish();
        onEnd.run();
    }

    /** Ends this exchange without giving the connection back: another begins in its place. */
    void finish() {
        finish(false);
    }

    /**
     * @param attemptsLast whether its line comes before those of the attempts, which end with it
     */
    void finish(boolean attemptsLast) {
        active = false;
        if (flagAtEnd != null) {
            info.setFlag(flagAtEnd);
        }
        timers.end();
        if (!attemptsLast) {
            router.end();
        }
        filters.end();
        request.end();
        info.setEndNanos(worker.now());
        HttpConnectionManager.Settings settings = manager.settings();
        shard.dec(settings.stats.rqActive);
        shard.record(settings.stats.rqTime, info.durationMillis());
        if (info.isHealthCheck()) {
            shard.inc(settings.stats.tracingHealthCheck);
        }
        for (AccessLog log : settings.accessLogs) {
            services.log(log, this);
        }
        if (attemptsLast) {
            router.end();
        }
    }

    /** Gives up what outlives a single exchange; the connection is closed. */
    public void dispose() {
        timers.discard();
        router.dispose();
        filters.dispose();
    }
}
