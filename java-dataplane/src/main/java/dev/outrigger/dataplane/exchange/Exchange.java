// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.filter.HttpFilterChain;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.AccessLogType;
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
import dev.outrigger.dataplane.route.ClusterChoice;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.route.RouteContext;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
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
    private final ExchangeFilters filters;
    private final Timers.Timer idleTimer;
    private final Timers.Timer requestTimer;
    private final Timers.Timer durationTimer;
    private final Timers.Timer logTimer;
    private final Upgrade upgrade = new Upgrade();
    private byte @Nullable [] connectAuthority;
    private HttpConnectionManager manager;
    private @Nullable RequestHead request;
    private @Nullable ResponseHead response;
    private @Nullable Route route;
    private ClusterChoice.@Nullable Target target;
    private @Nullable Cluster cluster;
    private String clusterName = "";
    private final RouteContext routeContext = new RouteContext();
    private boolean routeKnown;
    private @Nullable HttpFilterChain chain;
    private final Set<String> previousRedirects = new HashSet<>();
    private int internalRedirects;
    private boolean closeAsked;
    private boolean routerStarted;
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
        this.filters = new ExchangeFilters(this, worker);
        this.idleTimer = worker.timers().timer(this::onIdleTimeout);
        this.requestTimer = worker.timers().timer(this::onRequestTimeout);
        this.durationTimer = worker.timers().timer(this::onMaxDuration);
        this.logTimer = worker.timers().timer(this::onLogInterval);
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

    /** The request's route; looked for again after {@link #clearRouteCache}. */
    @Nullable Route route() {
        if (!routeKnown) {
            findRoute();
        }
        return route;
    }

    /** The choice of cluster made with the route; {@code null} when it forwards to none. */
    ClusterChoice.@Nullable Target target() {
        return route() == null ? null : target;
    }

    /** The name of the cluster chosen with the route; empty when it forwards to none. */
    String routeCluster() {
        return target() == null ? "" : clusterName;
    }

    /** The cluster chosen with the route; {@code null} when there is none of that name. */
    @Nullable Cluster cluster() {
        return target() == null ? null : cluster;
    }

    PerFilterConfigs perFilterConfigs() {
        Route found = route();
        if (found == null) {
            return PerFilterConfigs.NONE;
        }
        return target == null ? found.perFilterConfigs() : target.filters();
    }

    /** The next who asks for the route has it looked for again. */
    void clearRouteCache() {
        routeKnown = false;
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
        connectAuthority = null;
        response = null;
        route = null;
        target = null;
        cluster = null;
        // Before the checks are passed there is none, and nobody looks for it.
        routeKnown = true;
        chain = null;
        closeAsked = false;
        routerStarted = false;
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
        if (settings.logIntervalNanos > 0) {
            logTimer.arm(worker.now(), settings.logIntervalNanos);
        }
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
        routeContext.begin(worker.random().nextLong());
        internalRedirects = 0;
        previousRedirects.clear();
        if (endStream) {
            onRequestEnd();
        }
        HttpConnectionManager.Settings settings = manager.settings();
        if (head.method() == Method.CONNECT) {
            connectAuthority = Upgrade.authority(head);
        }
        RequestChecks.Refusal refusal =
                RequestChecks.check(head, settings.config, downstream, settings.stats, shard);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        int rejected =
                RequestMutations.apply(head, settings, manager.routes(), info, worker.random());
        if (rejected > 0) {
            shard.inc(settings.stats.rqRejectedViaIpDetection);
            sendLocalReply(rejected, "", null, "rejecting_because_detection_failed", false, false);
            return;
        }
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
        boolean close =
                refusal.status() == 400
                        && !manager.settings().config.streamErrorOnInvalidHttpMessage();
        sendLocalReply(refusal.status(), "", null, refusal.details(), close, false);
    }

    /** Looks for the route, and chooses where it forwards to. */
    private void findRoute() {
        routeKnown = true;
        route = null;
        target = null;
        cluster = null;
        RequestHead head = request;
        Routes routes = manager.routes();
        if (head == null || routes == null) {
            return;
        }
        Route found = routes.find(head, routeContext);
        if (found == null) {
            info.setRouteName(null);
            info.setUpstreamCluster(null);
            return;
        }
        target = found.target(head, routeContext);
        if (target == null && found.action() instanceof Forward) {
            // Nothing to choose from is as good as no route.
            return;
        }
        route = found;
        if (target != null) {
            clusterName = target.cluster(head);
            cluster = manager.cluster(clusterName);
            if (cluster != null) {
                info.setUpstreamCluster(cluster.name());
            }
        }
        if (!found.name().isEmpty()) {
            info.setRouteName(found.name());
        }
        info.setVirtualHost(found.virtualHost().name());
        if (found.timeouts().idle() >= 0) {
            idleNanos = found.timeouts().idle();
            idleTimer.disarm();
            touch();
        }
        limitDuration(head, found);
    }

    /** The route's own limit of the stream replaces the connection manager's (U5). */
    private void limitDuration(RequestHead head, Route found) {
        if (found.timeouts().limitsStream()) {
            long limit = StreamDuration.limit(found.timeouts(), head, settings());
            durationTimer.disarm();
            if (limit > 0) {
                long used = worker.now() - info.startNanos();
                durationTimer.arm(worker.now(), Math.max(0, limit - used));
            }
        }
    }

    private void route(RequestHead head, boolean endStream) {
        findRoute();
        if (head.isTunnel() && !beginUpgrade(head)) {
            return;
        }
        logAt(AccessLogType.DOWNSTREAM_START, settings().config.accessLogTimes().onNewRequest());
        chain = filters.begin(manager.settings().filters);
        if (chain == null) {
            startRouter(head, endStream);
        } else {
            chain.decodeHeaders(head, endStream);
        }
    }

    /** Whether the exchange goes on; one without a route gets its 404 later. */
    private boolean beginUpgrade(RequestHead head) {
        Route found = route();
        String type = Upgrade.type(head);
        if (type == null) {
            return true;
        }
        if (Upgrade.isPermitted(type, found, settings().config.upgrades())) {
            upgrade.begin(type);
            shard.inc(stats().cxUpgradesTotal);
            shard.inc(stats().cxUpgradesActive);
            return true;
        }
        if (found == null) {
            return true;
        }
        shard.inc(stats().rqWsOnNonWsRoute);
        String cluster = routeCluster();
        if (manager.cluster(cluster) != null) {
            info.setUpstreamCluster(cluster);
        }
        sendLocalReply(403, "", null, "upgrade_failed", true, false);
        return false;
    }

    boolean isWebSocket() {
        return upgrade.isWebSocket();
    }

    /**
     * Answers in the upstream's place where its answer is no WebSocket handshake (W3): the head
     * goes on without its body.
     */
    boolean failsHandshake(ResponseHead head) {
        if (!upgrade.failsHandshake(head.status())) {
            return false;
        }
        info.setDetails("websocket_handshake_unsuccessful");
        localHead.reset();
        localHead.setStatus(head.status());
        localHead.headers().copyFrom(head.headers());
        RequestHead asked = request;
        if (asked != null) {
            ResponseMutations.strip(localHead, asked);
        }
        localHead.headers().remove(KnownHeader.CONTENT_LENGTH);
        localHead.headers().remove(KnownHeader.CONTENT_TYPE);
        router.cancel();
        sendLocal("", true);
        return true;
    }

    /** What the client sent early goes up; what it sends from now on passes. */
    private void openTunnel() {
        router.onTunnelOpen();
        for (ByteBuf data = upgrade.takeEarly(); data != null; data = upgrade.takeEarly()) {
            router.onRequestBody(data, false);
        }
        downstream.readDisable(false);
        logAt(
                AccessLogType.DOWNSTREAM_TUNNEL_SUCCESSFULLY_ESTABLISHED,
                settings().config.accessLogTimes().onTunnel());
    }

    private void logAt(AccessLogType type, boolean wanted) {
        if (wanted) {
            info.setLogType(type);
            info.setEndNanos(worker.now());
            for (AccessLog log : settings().accessLogs) {
                services.log(log, this);
            }
            info.setLogType(AccessLogType.DOWNSTREAM_END);
        }
    }

    /** The request has passed all filters. */
    void startRouter(RequestHead head, boolean endStream) {
        HttpConnectionManager.Settings settings = manager.settings();
        Route found = route();
        if (found == null) {
            shard.inc(settings.stats.noRoute);
            shard.inc(settings.stats.routerRqTotal);
            sendLocalReply(404, "", ResponseFlag.NO_ROUTE_FOUND, "route_not_found", false, false);
            return;
        }
        byte[] authority = connectAuthority;
        if (authority != null) {
            head.headers().set(KnownHeader.HOST, authority);
        }
        routerStarted = true;
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
        HttpFilterChain current = chain;
        if (current == null) {
            routeBody(data, endStream);
        } else {
            current.decodeData(data, endStream);
        }
    }

    /** Body data that has passed all filters. */
    void routeBody(ByteBuf data, boolean endStream) {
        if (upgrade.isWaiting()) {
            if (upgrade.keep(data) > settings().bufferLimitBytes) {
                downstream.readDisable(true);
            }
        } else if (upgrade.isRefused()) {
            data.release();
        } else {
            router.onRequestBody(data, endStream);
        }
    }

    /** The request's trailers, which end it; valid until the exchange ends. */
    public void onTrailers(HeaderBlock trailers) {
        if (!active) {
            return;
        }
        touch();
        onRequestEnd();
        HttpFilterChain current = chain;
        if (current == null) {
            routeTrailers(trailers);
        } else {
            current.decodeTrailers(trailers);
        }
    }

    /** Trailers that have passed all filters. */
    void routeTrailers(HeaderBlock trailers) {
        router.onRequestTrailers(trailers);
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
            router.onDownstreamWritable(writable && !filters.isHoldingResponse());
        }
    }

    /** More of the request is to be kept than may be (L6). */
    void onRequestTooLarge() {
        shard.inc(stats().rqTooLarge);
        sendLocalReply(
                413, StatusLine.reason(413), null, "request_payload_too_large", false, false);
    }

    /** More of the response is to be kept than may be (L6). */
    void onResponseTooLarge() {
        shard.inc(stats().rsTooLarge);
        if (responseStarted) {
            info.setDetails("response_payload_too_large");
            abort();
            return;
        }
        sendLocalReply(
                500, StatusLine.reason(500), null, "response_payload_too_large", false, false);
    }

    private void onIdleTimeout() {
        if (!active) {
            return;
        }
        shard.inc(stats().rqIdleTimeout);
        info.setFlag(ResponseFlag.STREAM_IDLE_TIMEOUT);
        if (responseStarted) {
            info.setDetails("stream_idle_timeout");
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

    private void onLogInterval() {
        if (active) {
            worker.refreshNow();
            logAt(AccessLogType.DOWNSTREAM_PERIODIC, true);
            logTimer.arm(worker.now(), settings().logIntervalNanos);
        }
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

    /** The upstream's first 1xx goes on where {@code proxy_100_continue} says so (E11). */
    void onInformational(ResponseHead head) {
        RequestHead asked = request;
        if (asked != null && settings().config.proxy100Continue()) {
            touch();
            stats().chargeInterim(shard);
            ResponseMutations.strip(head, asked);
            ResponseMutations.requestId(head, asked, settings());
            downstream.sendInterim(head);
        }
    }

    RouteContext routeContext() {
        return routeContext;
    }

    /** How many internal redirects led to this exchange. */
    int internalRedirects() {
        return internalRedirects;
    }

    /** Where earlier internal redirects led to, for the predicates. */
    Set<String> previousRedirects() {
        return previousRedirects;
    }

    /**
     * Follows an internal redirect: this exchange ends with its log line, and the request, which
     * was changed, begins anew behind the checks of the connection manager (IR2).
     *
     * @param status of the redirect
     * @param body the request's, given away
     */
    void recreate(int status, ByteBuf body) {
        RequestHead head = request;
        if (head == null) {
            throw new IllegalStateException("no request");
        }
        InetSocketAddress remote = info.remoteAddress();
        boolean wasHttp10 = http10;
        long received = info.bytesReceived() + body.readableBytes();
        // A redirect by 303 has made the request one without a body.
        boolean hasBody = body.isReadable() && !head.isBodyless();
        if (head.isBodyless()) {
            received -= body.readableBytes();
        }
        info.setDetails("internal_redirect");
        info.setResponseCode(status);
        finish();
        begin(manager);
        request = head;
        http10 = wasHttp10;
        info.setHttp10(wasHttp10);
        info.setRemoteAddress(remote);
        info.addBytesReceived(received);
        internalRedirects++;
        onRequestEnd();
        route(head, !hasBody);
        if (hasBody && active) {
            HttpFilterChain current = chain;
            if (current == null) {
                router.onRequestBody(body, true);
            } else {
                current.decodeData(body, true);
            }
        } else {
            body.release();
        }
    }

    /** Ends the exchange by cutting the client off. */
    void abort() {
        router.cancel();
        shard.inc(stats().rqTxReset);
        // Envoy counts every reset of a stream here, whoever began it.
        shard.inc(stats().rqRxReset);
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
        if (overloaded && !settings().router.suppressEnvoyHeaders()) {
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

    /** A filter answers in the upstream's place; too late for that, the stream is reset (Y5). */
    void sendFilterReply(LocalReply reply) {
        if (responseStarted) {
            abort();
            return;
        }
        info.setDetails(reply.details());
        router.cancel();
        localHead.reset();
        localHead.setStatus(reply.status());
        sendLocal(reply, false);
    }

    private void sendLocal(String body, boolean close) {
        sendLocal(LocalReply.of(localHead.status(), body, ""), close);
    }

    /** Dresses {@link #localHead} and sends it through the filters (Y4). */
    private void sendLocal(LocalReply reply, boolean close) {
        RequestHead head = request;
        boolean encoding = response != null;
        HttpFilterChain current = chain;
        if (current == null) {
            // An early refusal passes the filters too.
            current = filters.begin(manager.settings().filters);
            chain = current;
        }
        if (current != null) {
            current.stopDecoding();
        }
        // What formats see while headers are edited: this head, but no status yet (observed).
        response = localHead;
        info.setResponseCode(0);
        // A route that answers by itself edits its own answers, not those of filters.
        Route found = route();
        if (!reply.raw() && found != null && (found.isForwarding() || routerStarted)) {
            router.editLocalResponse(localHead);
        }
        if (reply.headers() != null) {
            reply.headers().apply(localHead.headers());
        }
        String body = reply.body();
        LocalReplyMapping mapping = settings().localReplies;
        if (mapping != null && !reply.raw()) {
            info.setResponseCode(localHead.status());
            body = mapping.apply(localHead, body, this);
        }
        info.setResponseCode(localHead.status());
        // Envoy takes a 400 of its own for a broken connection (E15).
        boolean closes =
                close
                        || (localHead.status() == 400
                                && !manager.settings().config.streamErrorOnInvalidHttpMessage());
        boolean grpc = !reply.raw() && head != null && head.isGrpc();
        boolean toHead = head != null && head.method() == Method.HEAD;
        byte[] bytes = LocalReplies.complete(localHead, body, grpc, reply.grpcStatus());
        if (bytes.length == 0 && !grpc && !reply.raw()) {
            // Whoever added it: nothing has no type.
            localHead.headers().remove(KnownHeader.CONTENT_TYPE);
        }
        boolean endStream = bytes.length == 0 || toHead;
        if (encoding && current != null) {
            // Another response was on its way; this one goes past the filters.
            current.stopEncoding();
            chain = null;
        }
        sendHead(localHead, endStream, closes);
        if (!endStream) {
            sendBody(Unpooled.wrappedBuffer(bytes), true);
        }
    }

    /** The final head, before the route's edits, which may speak of it. */
    void beginResponse(ResponseHead head) {
        response = head;
    }

    /** Sends the final head through the filters; the route's edits have been made. */
    void sendHead(ResponseHead head, boolean endStream, boolean close) {
        response = head;
        closeAsked = close;
        HttpFilterChain current = chain;
        if (current == null) {
            writeHead(head, endStream);
        } else {
            current.encodeHeaders(head, endStream);
        }
    }

    /** Writes the final head. */
    void writeHead(ResponseHead head, boolean endStream) {
        touch();
        HttpConnectionManager.Settings settings = manager.settings();
        ResponseMutations.apply(head, request, settings, worker);
        responseStarted = true;
        info.setResponseCode(head.status());
        if (!info.isHealthCheck()) {
            settings.stats.chargeResponse(shard, head.status());
        }
        boolean draining = downstream.isDraining();
        boolean closing = mustClose(closeAsked, draining);
        HeaderBlock headers = head.headers();
        if ((closing || draining) && !isTunnelAnswer(head)) {
            headers.set(KnownHeader.CONNECTION, LocalReplies.CLOSE);
        } else if (http10) {
            headers.set(KnownHeader.CONNECTION, LocalReplies.KEEP_ALIVE);
        }
        downstream.sendHead(head, endStream, closing);
        if (endStream) {
            endReply();
        } else if (upgrade.onAnswer(head.status())) {
            openTunnel();
        }
    }

    /** Whether what follows the head is not HTTP, so that it says nothing of the connection. */
    private boolean isTunnelAnswer(ResponseHead head) {
        RequestHead asked = request;
        return head.status() == 101
                || (asked != null && asked.method() == Method.CONNECT && head.status() == 200);
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

    /** Sends body data, which is given away, through the filters. */
    void sendBody(ByteBuf data, boolean endStream) {
        HttpFilterChain current = chain;
        if (current == null) {
            writeBody(data, endStream);
        } else {
            current.encodeData(data, endStream);
        }
    }

    /** Writes body data, which becomes the downstream's. */
    void writeBody(ByteBuf data, boolean endStream) {
        touch();
        info.addBytesSent(data.readableBytes());
        downstream.sendBody(data, endStream);
        if (endStream) {
            endReply();
        }
    }

    /** Sends the response's trailers, which end it, through the filters. */
    void sendTrailers(HeaderBlock trailers) {
        HttpFilterChain current = chain;
        if (current == null) {
            writeTrailers(trailers);
        } else {
            current.encodeTrailers(trailers);
        }
    }

    /** Writes trailers. */
    void writeTrailers(HeaderBlock trailers) {
        touch();
        downstream.sendTrailers(trailers);
        endReply();
    }

    /** The reply is sent; a request that is not complete by now is reset, and Envoy counts that. */
    private void endReply() {
        if (!requestComplete) {
            shard.inc(stats().rqRxReset);
        }
        end();
    }

    /** The exchange is over: stats, log line, and the connection may go on. */
    private void end() {
        if (!active) {
            return;
        }
        finish();
        onEnd.run();
    }

    private void finish() {
        active = false;
        idleTimer.disarm();
        requestTimer.disarm();
        durationTimer.disarm();
        router.end();
        filters.end();
        logTimer.disarm();
        if (upgrade.isActive()) {
            upgrade.end();
            shard.dec(stats().cxUpgradesActive);
        }
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
    }

    /** Gives up what outlives a single exchange; the connection is closed. */
    public void dispose() {
        idleTimer.discard();
        requestTimer.discard();
        durationTimer.discard();
        logTimer.discard();
        router.dispose();
        filters.dispose();
    }
}
