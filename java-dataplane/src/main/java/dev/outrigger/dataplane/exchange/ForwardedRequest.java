// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.ConnectConfig;
import dev.outrigger.dataplane.config.EndpointAssignment.DropOverload;
import dev.outrigger.dataplane.dnscache.DnsCache;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.route.HeaderEditor;
import dev.outrigger.dataplane.route.HostRewriter;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.StreamSource;
import dev.outrigger.dataplane.upstream.TcpTunnel;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to an upstream: its body, and the attempts it is sent with. What they come
 * to is judged by {@link AttemptOutcomes}, what is answered is a {@link ForwardedResponse}. Reused
 * with its {@link Router}; confined to its event loop.
 *
 * <p>It is over when a response head was forwarded and its body has ended, when a local reply was
 * sent, or when the exchange says so.
 */
final class ForwardedRequest {
    private static final String NO_HEALTHY_UPSTREAM = "no_healthy_upstream";

    private final WorkerServices services;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final Exchange exchange;
    private final ResponseCharges charges;
    private final HostSelection hosts;
    private final RequestTimeouts timeouts;
    private final RetryState retry;
    private final RequestBuffer body = new RequestBuffer();
    private final Attempts attempts;
    private final Shadows shadows;
    private final RetryTimer retries;
    private final UpstreamReplies replies;
    private final ForwardedResponse response;
    private final AttemptOutcomes outcomes;
    private @Nullable RequestHead head;
    private @Nullable Route route;
    private @Nullable Cluster cluster;
    private boolean highPriority;
    private int attemptCount;
    private long requestEnd;
    private boolean active;
    private boolean overflowed;
    private DnsCache.@Nullable Load lookUp;

    /** Whether a host's name had to be looked up. */
    private boolean waited;

    private UpstreamFilters filters = UpstreamFilters.NONE;
    private final FilteredRequest filtered;

    /** The attempt whose upstream has agreed to an upgrade. */
    private @Nullable Attempt agreed;

    /** Whether the client is not read, because the host does not keep up. */
    private boolean backedUp;

    /** Whether the host is not read, because the client does not keep up. */
    private boolean paused;

    ForwardedRequest(
            WorkerServices services,
            Exchange exchange,
            ResponseCharges charges,
            HostSelection hosts,
            RequestTimeouts timeouts) {
        this.services = services;
        this.worker = services.worker();
        this.shard = worker.stats();
        this.exchange = exchange;
        this.charges = charges;
        this.hosts = hosts;
        this.timeouts = timeouts;
        this.retry = new RetryState(shard, worker.random(), worker::runtime);
        this.filtered = new FilteredRequest(shard, exchange);
        this.attempts = new Attempts(worker, this);
        this.shadows = new Shadows(services);
        this.retries = new RetryTimer(worker, retry, exchange.info(), this);
        this.replies = new UpstreamReplies(exchange);
        this.response = new ForwardedResponse(worker, exchange, this);
        this.outcomes =
                new AttemptOutcomes(
                        worker, exchange, this, response, attempts, retry, retries, replies);
    }

    /** Told what becomes of attempts. */
    AttemptOutcomes outcomes() {
        return outcomes;
    }

    ForwardedResponse response() {
        return response;
    }

    ResponseCharges charges() {
        return charges;
    }

    HostSelection hosts() {
        return hosts;
    }

    RequestTimeouts timeouts() {
        return timeouts;
    }

    private StreamInfo info() {
        return exchange.info();
    }

    Cluster cluster() {
        if (cluster == null) {
            throw new IllegalStateException("no cluster chosen");
        }
        return cluster;
    }

    Route route() {
        if (route == null) {
            throw new IllegalStateException("not begun");
        }
        return route;
    }

    RequestHead head() {
        if (head == null) {
            throw new IllegalStateException("not begun");
        }
        return head;
    }

    /** Begins an exchange. */
    void begin(RequestHead request, Route matched, Cluster target, boolean high) {
        head = request;
        route = matched;
        cluster = target;
        highPriority = high;
        attemptCount = 0;
        requestEnd = -1;
        active = true;
        overflowed = false;
        filters = services.upstreamFilters(target, exchange.routerOptions());
        filtered.begin(filters);
        backedUp = false;
        paused = false;
        waited = false;
        response.reset();
    }

    boolean isActive() {
        return active;
    }

    /** Nothing more is expected of any upstream. */
    void finish() {
        active = false;
    }

    int attemptCount() {
        return attemptCount;
    }

    /** Whether all of the request has come. */
    boolean isComplete() {
        return requestEnd >= 0;
    }

    /** When the request was complete, on the worker's clock. */
    long requestEndNanos() {
        return requestEnd;
    }

    /** Whether all of the request has come and was kept. */
    boolean isRepeatable() {
        return requestEnd >= 0 && !overflowed;
    }

    /** The body that was kept, given away. */
    ByteBuf takeBody() {
        return body.take();
    }

    /** No attempt will be made any more. */
    void dropKeptBody() {
        body.dropKept();
    }

    /** A host's pool for the next attempt; that there is none is answered. */
    private @Nullable StreamSource choosePool(boolean isRetry) {
        hosts.nextAttempt(isRetry);
        Host host = cluster().chooseHost(worker, hosts);
        charges.host(host);
        ConnectConfig end = route().connectEnd(head().method());
        StreamSource pool = host == null ? null : source(host, end);
        if (pool == null) {
            // Envoy counts those whose host it could tell at once.
            if (host == null && !waited) {
                shard.inc(cluster().stats().cxNoneHealthy);
            }
            charges.response(503);
            active = false;
            replies.noHealthyUpstream(
                    host == null ? cluster().whyNoHost(hosts) : NO_HEALTHY_UPSTREAM);
        } else if (end == null) {
            cluster().onNewStream(worker, services.connector(), highPriority, hosts);
        }
        return pool;
    }

    /**
     * @param end how the request ends here; {@code null} where it goes on
     */
    private @Nullable StreamSource source(Host host, @Nullable ConnectConfig end) {
        return end == null
                ? cluster().pool(host, worker, services.connector(), highPriority, hosts)
                : new TcpTunnel(
                        host,
                        worker,
                        services.connector(),
                        highPriority,
                        info().findConnection(),
                        end.proxyProtocol().orElse(null));
    }

    /** Makes the first attempt; the request is as it goes upstream. */
    void start(boolean endStream, HeaderEditor editor) {
        response.edit(editor);
        if (cluster().isInMaintenance(worker)) {
            charges.response(503);
            active = false;
            replies.inMaintenance(cluster(), shard);
            return;
        }
        DropOverload drop = cluster().dropOverload(worker);
        if (drop != null) {
            charges.response(503);
            active = false;
            replies.dropped(drop, cluster(), shard);
            return;
        }
        attemptCount = 1;
        agreed = null;
        info().setAttemptCount(1);
        retry.begin(route().retryPolicy(), head(), charges, cluster().breakers(highPriority));
        long limit = route().bodyBufferLimit();
        boolean keep = retry.isEnabled() || route().internalRedirect() != null;
        long held = exchange.filters().requestBufferLimit();
        body.begin(keep, limit >= 0 ? limit : held, held);
        body.setComplete(endStream);
        DnsCache.Load waiting = cluster().lookUp(worker, hosts, this::onNameKnown);
        if (waiting == null) {
            beginAttempts(endStream, true);
            return;
        }
        lookUp = waiting;
        if (endStream) {
            requestEnd = worker.now();
        }
        shadows.start(copies(), endStream);
    }

    /** The route named a host that nobody had asked for. */
    private void onNameKnown() {
        lookUp = null;
        waited = true;
        if (active) {
            worker.refreshNow();
            beginAttempts(requestEnd >= 0, false);
            worker.flushDirty();
        }
    }

    private List<Shadow> copies() {
        return shadows.prepare(
                route(),
                head(),
                exchange.manager(),
                exchange.choice().context(),
                hosts.dynamicCriteria(),
                timeouts.globalNanos());
    }

    /**
     * @param copied whether the request is to be copied, too
     */
    private void beginAttempts(boolean endStream, boolean copied) {
        StreamSource pool = choosePool(false);
        if (pool == null) {
            return;
        }
        if (exchange.settings().config.forwarding().matchUpstream()) {
            head().setHttps(pool.host().isSecure());
        }
        List<Shadow> copies = copied ? copies() : List.of();
        if (endStream && requestEnd < 0) {
            requestEnd = worker.now();
        }
        // A WebSocket's request has no end; its handshake is timed all the same (W3).
        if (endStream || exchange.isWebSocket()) {
            outcomes.armRouteTimer();
        }
        startAttempt(pool);
        if (active) {
            // What fails on the spot is not copied (observed).
            shadows.start(copies, endStream);
        }
    }

    private void startAttempt(StreamSource pool) {
        info().setUpstreamHost(pool.host().addressText());
        info().setUpstreamHostName(pool.host().hostname());
        info().setUpstreamMetadata(pool.host().metadata());
        info().beginAttempt();
        Attempt attempt = attempts.add();
        attempt.start(pool, cluster().trackedStats());
        if (attempt.isWaiting()) {
            // Else they have run in front of the codec, with a connection to speak of (observed).
            filterRequest();
        }
    }

    /** A filter may answer in the upstream's place: no attempt goes on then. */
    private void filterRequest() {
        if (filters.isEmpty()) {
            return;
        }
        LocalReply refusal =
                filtered.start(head(), exchange.choice().perFilterConfigs(), !isBodyless());
        if (refusal != null) {
            refuse(refusal);
        } else if (filtered.isHeld() && (body.isComplete() || !body.isEmpty())) {
            filterBody();
        }
    }

    /** A held request has more of its body; it may be held no longer, or be too long. */
    private void filterBody() {
        boolean complete = body.isComplete();
        LocalReply refusal =
                filtered.onBody(body.bytes(), complete && !body.hasTrailers(), complete);
        if (refusal != null) {
            refuse(refusal);
        } else if (filtered.hasExceeded()) {
            backUp(true);
            backUp(false);
        }
    }

    private void refuse(LocalReply refusal) {
        active = false;
        exchange.replies().sendFilterReply(refusal);
    }

    /** A body in chunks that turns out to be empty is sent in chunks all the same. */
    private boolean isBodyless() {
        return body.isComplete() && body.isEmpty() && head().isBodyless();
    }

    /** A response as it came from the codec. */
    void filterResponse(ResponseHead response) {
        if (!filters.isEmpty()) {
            filters.applyToResponse(
                    response,
                    new UpstreamResponseContext(exchange, response),
                    exchange.choice().perFilterConfigs());
        }
    }

    /** An attempt has a connection or none can be had, for which it waited so long. */
    void onPoolAnswer(long waitedMillis) {
        info().setPoolReadyMillis(waitedMillis);
    }

    /** An attempt has its stream: send what there is of the request. */
    void onReady(Attempt attempt, UpstreamStream stream, Host host) {
        agreed = null;
        charges.attempt();
        hosts.onHostAttempted(host);
        info().setUpstreamConnection(
                        stream.localAddress(),
                        stream.protocol(),
                        stream.connectionId(),
                        attempt.bytes());
        info().setUpstreamTls(stream.tls());
        info().setConnectTimes(stream.connectTimes());
        if (route().isAutoHostRewrite() && !host.hostname().isEmpty()) {
            HostRewriter.replace(
                    head().headers(),
                    WireText.bytes(host.hostname()),
                    route().appendsXForwardedHost(),
                    !exchange.routerOptions().suppressEnvoyHeaders());
        }
        AttemptLog log = attempt.log();
        if (log != null) {
            log.onReady(stream);
        }
        if (attempt.isStarting()) {
            filterRequest();
            if (!active) {
                return;
            }
        }
        if (!filtered.isHeld() && !send(attempt, stream)) {
            return;
        }
        if (body.isComplete() || exchange.isWebSocket()) {
            attempt.limit(timeouts);
        }
        attempt.limitDuration(timeouts.maxDurationNanos());
        // Reading was stopped where more waited for this stream than the buffer may hold.
        paused = false;
        backUp(!stream.isWritable());
    }

    /** Sends what there is; returns whether the attempt still goes on. */
    private boolean send(Attempt attempt, UpstreamStream stream) {
        // A tunnel that ends here sends no headers.
        LocalReply unsound = stream.protocol() == null ? null : UnsoundRequest.refusal(head());
        if (unsound != null) {
            refuse(unsound);
            return false;
        }
        AttemptLog log = attempt.log();
        if (log != null) {
            log.onRequestSent(info().bytesReceived(), body.isComplete());
        }
        info().upstreamTxBegin(worker.now());
        boolean bodyless = isBodyless();
        boolean waits = waitsForUpgrade(attempt);
        stream.sendHead(head(), bodyless);
        if (attempt.stream() == null) {
            // A tunnel is answered at once, and with the answer all may be over.
            return false;
        }
        if (!bodyless && !waits) {
            body.replay(stream);
        }
        if (body.isComplete()) {
            info().upstreamTxEnd(worker.now());
        }
        return true;
    }

    /** Returns whether the exchange still goes on. */
    private boolean sendHeld(@Nullable Attempt attempt) {
        filterBody();
        UpstreamStream stream = attempt == null ? null : attempt.stream();
        if (active && attempt != null && stream != null && !filtered.isHeld()) {
            send(attempt, stream);
        }
        return active;
    }

    void onRequestBody(ByteBuf data, boolean endStream) {
        if (!active) {
            data.release();
            return;
        }
        shadows.onBody(data, endStream);
        Attempt attempt = attempts.latest();
        boolean held = filtered.isHeld();
        boolean waits = held || waitsForUpgrade(attempt);
        UpstreamStream stream = attempt == null || waits ? null : attempt.stream();
        AttemptLog log = attempt == null || held || attempt.stream() == null ? null : attempt.log();
        if (log != null) {
            log.onRequestBody(data.readableBytes(), endStream);
        }
        boolean exceeds = body.add(data, endStream, stream);
        if (exceeds && (retry.isEnabled() || route().internalRedirect() != null)) {
            overflowed = true;
            shard.inc(cluster().stats().retryOrShadowAbandoned);
            retry.disable();
            if (attempts.isEmpty()) {
                retries.cancel();
                active = false;
                replies.requestTooLargeToRetry();
                return;
            }
        }
        if (held) {
            if (!sendHeld(attempt)) {
                return;
            }
        } else if (stream == null && body.isFull()) {
            backUp(true);
        }
        if (endStream) {
            onRequestEnd(attempt);
        }
    }

    private void onRequestEnd(@Nullable Attempt attempt) {
        if (requestEnd >= 0) {
            return;
        }
        requestEnd = worker.now();
        if (attempt != null) {
            outcomes.armRouteTimer();
            if (attempt.stream() != null) {
                info().upstreamTxEnd(requestEnd);
                attempt.limit(timeouts);
            }
        }
    }

    /** The request ends with trailers, valid until the exchange ends. */
    void onRequestTrailers(HeaderBlock trailers) {
        if (!active) {
            return;
        }
        // A copy of the request goes without them.
        shadows.onBody(Unpooled.EMPTY_BUFFER, true);
        Attempt attempt = attempts.latest();
        boolean held = filtered.isHeld();
        boolean waits = held || waitsForUpgrade(attempt);
        UpstreamStream stream = attempt == null || waits ? null : attempt.stream();
        body.end(trailers, stream);
        if (held && !sendHeld(attempt)) {
            return;
        }
        onRequestEnd(attempt);
    }

    /**
     * What the client sends of an upgrade is kept, and counts, like the body of any request that
     * waits for its connection (W3).
     */
    private boolean waitsForUpgrade(@Nullable Attempt attempt) {
        return exchange.upgrade().isWaiting() && (agreed == null || agreed != attempt);
    }

    /**
     * An attempt is answered. An upstream that agrees to an upgrade is sent what there is, though
     * the answer may still be no good and another attempt follow (observed).
     */
    void onAnswer(Attempt attempt, int status) {
        UpstreamStream stream = attempt.stream();
        if (stream != null && exchange.upgrade().isAgreement(status)) {
            agreed = attempt;
            body.replay(stream);
            backUp(!stream.isWritable());
        }
    }

    /** Bytes pass both ways: of a WebSocket no more time limits but idle ones (W3). */
    void onTunnelOpen() {
        if (!exchange.isWebSocket()) {
            return;
        }
        outcomes.disarmRouteTimer();
        Attempt attempt = attempts.latest();
        if (attempt != null) {
            attempt.onTunnelOpen();
        }
    }

    void onUpstreamWritable(boolean writable) {
        backUp(!writable);
    }

    private void backUp(boolean now) {
        if (now != backedUp) {
            backedUp = now;
            shard.inc(
                    now
                            ? cluster().stats().flowControlBackedUp
                            : cluster().stats().flowControlDrained);
            exchange.pauseReading(now);
        }
    }

    void onDownstreamWritable(boolean writable) {
        Attempt attempt = attempts.latest();
        UpstreamStream stream = attempt == null ? null : attempt.stream();
        if (stream != null && paused == writable) {
            paused = !writable;
            shard.inc(
                    paused
                            ? cluster().stats().flowControlPaused
                            : cluster().stats().flowControlResumed);
            stream.readDisable(paused);
        }
    }

    /** Whether the local reply being made is the router's own. */
    boolean isReplying() {
        return replies.isReplying();
    }

    /** Tells the client how many attempts there were, if the virtual host says so. */
    void tellAttemptCount(HeaderBlock headers) {
        if (attemptCount > 0 && route != null) {
            AttemptHeaders.tellClient(headers, route.virtualHost(), attemptCount);
        }
    }

    /** Whether each attempt has its line in a log. */
    boolean logsAttempts() {
        return !exchange.routerOptions().upstreamLogs().isEmpty();
    }

    RouterOptions routerOptions() {
        return exchange.routerOptions();
    }

    AttemptLog newAttemptLog() {
        return new AttemptLog(services, exchange);
    }

    /** An attempt that is tracked is over, however. */
    void onAttemptEnd(TrackedAttempt attempt, boolean sentRequest) {
        attempt.end(
                shard,
                head(),
                sentRequest ? info().bytesReceived() : 0,
                worker.now(),
                timeouts.perTryNanos());
    }

    /** The pause before a retry is over. */
    void onRetry(boolean timedOut) {
        attemptCount++;
        info().setAttemptCount(attemptCount);
        StreamSource pool = choosePool(true);
        if (pool == null) {
            return;
        }
        HeaderBlock headers = head().headers();
        AttemptHeaders.tellHost(headers, route().virtualHost(), attemptCount, timedOut);
        timeouts.tell(headers, requestEnd < 0 ? 0 : worker.now() - requestEnd);
        startAttempt(pool);
    }

    /** Ends whatever goes on upstream. */
    void cancel() {
        active = false;
        if (lookUp != null) {
            lookUp.cancel();
            lookUp = null;
        }
        retries.cancel();
        attempts.cancelAll();
        outcomes.disarmRouteTimer();
    }

    /** The exchange is over. */
    void end() {
        cancel();
        if (backedUp) {
            // What was not read is not read any more, and Envoy takes that for read again.
            backedUp = false;
            shard.inc(cluster().stats().flowControlDrained);
            shard.inc(exchange.stats().flowControlResumed);
        }
        retry.end();
        body.end();
        shadows.end();
        replies.end();
        attemptCount = 0;
        route = null;
        response.reset();
    }

    void dispose() {
        attempts.dispose();
        outcomes.dispose();
        retries.dispose();
    }
}
