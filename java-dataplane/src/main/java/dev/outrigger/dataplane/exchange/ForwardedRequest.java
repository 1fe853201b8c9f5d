// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.EndpointAssignment.DropOverload;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.route.HeaderEditor;
import dev.outrigger.dataplane.route.HostRewriter;
import dev.outrigger.dataplane.route.InternalRedirectPolicy;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.ConnectionPool;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.TrackedClusterStats;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way to an upstream: its attempts, what they came to, and when another one is
 * made (section 4). Reused with its {@link Router}; confined to its event loop.
 *
 * <p>It is over when a response head was forwarded and its body has ended, when a local reply was
 * sent, or when the exchange says so.
 */
final class ForwardedRequest {
    private static final byte[] DROP = Ascii.bytes("x-envoy-drop-overload");
    private static final byte[] UNCONDITIONAL_DROP =
            Ascii.bytes("x-envoy-unconditional-drop-overload");

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
    private final Timers.Timer routeTimer;
    private final RetryTimer retries;
    private final UpstreamReplies replies;
    private @Nullable RequestHead head;
    private @Nullable Route route;
    private @Nullable Cluster cluster;
    private HeaderEditor responseEditor = HeaderEditor.NONE;
    private boolean highPriority;
    private int attemptCount;
    private long requestEnd;
    private boolean active;
    private boolean responding;
    private boolean informed;
    private boolean overflowed;

    /** Whether a gRPC response has begun that says only at its end how the call went. */
    private boolean grpcUndecided;

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
        this.retry = new RetryState(shard, worker.random());
        this.attempts = new Attempts(worker, this);
        this.shadows = new Shadows(services);
        this.routeTimer = worker.timers().timer(this::onRouteTimeout);
        this.retries = new RetryTimer(worker, retry, exchange.info(), this);
        this.replies = new UpstreamReplies(exchange);
    }

    private StreamInfo info() {
        return exchange.info();
    }

    private Cluster cluster() {
        if (cluster == null) {
            throw new IllegalStateException("no cluster chosen");
        }
        return cluster;
    }

    private Route route() {
        if (route == null) {
            throw new IllegalStateException("not begun");
        }
        return route;
    }

    private RequestHead head() {
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
        responding = false;
        informed = false;
        overflowed = false;
        grpcUndecided = false;
    }

    /** A host's pool for the next attempt; that there is none is answered. */
    private @Nullable ConnectionPool choosePool(boolean isRetry) {
        hosts.nextAttempt(isRetry);
        Host host = cluster().chooseHost(worker, hosts);
        ConnectionPool pool =
                host == null
                        ? null
                        : cluster().pool(host, worker, services.connector(), highPriority, hosts);
        if (pool == null) {
            if (host == null) {
                shard.inc(cluster().stats().cxNoneHealthy);
            }
            charges.response(503);
            active = false;
            replies.noHealthyUpstream();
        } else {
            cluster().onNewStream(worker, services.connector(), highPriority, hosts);
        }
        return pool;
    }

    /** Makes the first attempt; the request is as it goes upstream. */
    void start(boolean endStream, HeaderEditor editor) {
        responseEditor = editor;
        DropOverload drop = cluster().dropOverload(worker);
        if (drop != null) {
            dropped(drop);
            return;
        }
        attemptCount = 1;
        info().setAttemptCount(1);
        retry.begin(route().retryPolicy(), head(), charges, cluster().breakers(highPriority));
        long limit = route().bodyBufferLimit();
        boolean keep = retry.isEnabled() || route().internalRedirect() != null;
        body.begin(keep, limit >= 0 ? limit : exchange.settings().bufferLimitBytes);
        body.setComplete(endStream);
        ConnectionPool pool = choosePool(false);
        if (pool == null) {
            return;
        }
        List<Shadow> copies =
                shadows.prepare(
                        route(),
                        head(),
                        exchange.manager(),
                        exchange.routeContext(),
                        timeouts.globalNanos());
        if (endStream) {
            requestEnd = worker.now();
        }
        // A WebSocket's request has no end; its handshake is timed all the same (W3).
        if (endStream || exchange.isWebSocket()) {
            armRouteTimer();
        }
        startAttempt(pool);
        if (active) {
            // What fails on the spot is not copied (observed).
            shadows.start(copies, endStream);
        }
    }

    /** The control plane wants less to reach the hosts (ED4). */
    private void dropped(DropOverload drop) {
        boolean everything = drop.numerator() >= drop.denominator();
        if (!everything) {
            cluster().stats().countDropOverload(shard);
        }
        charges.response(503);
        active = false;
        // Envoy drops before it counts a first attempt.
        info().setAttemptCount(0);
        info().setFlag(
                        everything
                                ? ResponseFlag.UNCONDITIONAL_DROP_OVERLOAD
                                : ResponseFlag.DROP_OVERLOAD);
        var reply =
                everything
                        ? LocalReply.of(
                                503, "unconditional drop overload", "unconditional_drop_overload")
                        : LocalReply.of(503, "drop overload", "drop_overload");
        byte[] header = everything ? UNCONDITIONAL_DROP : DROP;
        exchange.sendFilterReply(
                exchange.settings().router.suppressEnvoyHeaders()
                        ? reply
                        : reply.withHeaders(headers -> headers.add(header, LocalReplies.TRUE)));
    }

    private void armRouteTimer() {
        if (timeouts.globalNanos() > 0) {
            routeTimer.arm(worker.now(), timeouts.globalNanos());
        }
    }

    private void startAttempt(ConnectionPool pool) {
        info().setUpstreamHost(pool.host().addressText());
        info().setUpstreamHostName(pool.host().hostname());
        attempts.add().start(pool, cluster().trackedStats());
    }

    /** An attempt has its stream: send what there is of the request. */
    void onReady(Attempt attempt, UpstreamStream stream, Host host) {
        charges.attempt();
        hosts.onHostAttempted(host);
        info().setUpstreamConnection(stream.localAddress(), stream.protocol());
        if (route().isAutoHostRewrite() && !host.hostname().isEmpty()) {
            HostRewriter.replace(
                    head().headers(),
                    Ascii.bytes(host.hostname()),
                    route().appendsXForwardedHost() && attemptCount == 1,
                    !exchange.settings().router.suppressEnvoyHeaders());
        }
        // A body in chunks that turns out to be empty is sent in chunks all the same.
        boolean bodyless = body.isComplete() && body.isEmpty() && head().isBodyless();
        stream.sendHead(head(), bodyless);
        if (!bodyless) {
            body.replay(stream);
        }
        if (body.isComplete() || exchange.isWebSocket()) {
            attempt.limit(timeouts);
        }
        attempt.limitDuration(timeouts.maxDurationNanos());
        // Reading was stopped where more waited for this stream than the buffer may hold.
        exchange.downstream().readDisable(!stream.isWritable());
    }

    void onRequestBody(ByteBuf data, boolean endStream) {
        if (!active) {
            data.release();
            return;
        }
        shadows.onBody(data, endStream);
        Attempt attempt = attempts.latest();
        UpstreamStream stream = attempt == null ? null : attempt.stream();
        boolean kept = body.add(data, endStream, stream);
        if (!kept && !overflowed && (retry.isEnabled() || route().internalRedirect() != null)) {
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
        if (stream == null && body.isFull()) {
            exchange.downstream().readDisable(true);
        }
        if (endStream) {
            requestEnd = worker.now();
            if (attempt != null) {
                armRouteTimer();
                if (stream != null) {
                    attempt.limit(timeouts);
                }
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
        UpstreamStream stream = attempt == null ? null : attempt.stream();
        body.end(trailers, stream);
        requestEnd = worker.now();
        if (attempt != null) {
            armRouteTimer();
            if (stream != null) {
                attempt.limit(timeouts);
            }
        }
    }

    /** Bytes pass both ways: no more time limits but idle ones (W3). */
    void onTunnelOpen() {
        routeTimer.disarm();
        Attempt attempt = attempts.latest();
        if (attempt != null) {
            attempt.onTunnelOpen();
        }
    }

    void onUpstreamWritable(boolean writable) {
        exchange.downstream().readDisable(!writable);
    }

    void onDownstreamWritable(boolean writable) {
        Attempt attempt = attempts.latest();
        UpstreamStream stream = attempt == null ? null : attempt.stream();
        if (stream != null) {
            stream.readDisable(!writable);
        }
    }

    /** The ones Envoy knows; others are as if they had not come. */
    private static boolean isInterim(int status) {
        return status == 100 || (status >= 102 && status <= 104);
    }

    /** An upstream answered with 1xx: it ends all retrying, and only the first counts (E11). */
    void onInformational(Attempt attempt, ResponseHead interim) {
        if (!isInterim(interim.status())) {
            return;
        }
        retry.disable();
        attempts.cancelOthers(attempt);
        if (!informed) {
            informed = true;
            charges.response(interim.status());
            exchange.downstreamResponse().sendInterim(interim);
        }
    }

    void onResponseHead(Attempt attempt, ResponseHead response, boolean endStream) {
        info().upstreamRx(worker.now());
        if (exchange.failsHandshake(response)) {
            return;
        }
        boolean couldNotRetry = false;
        if (attempt.isRetried()) {
            couldNotRetry = retry.wouldRetry(response);
        } else {
            RetryState.Verdict verdict = retry.onResponse(response, worker.wallMillis());
            if (verdict == RetryState.Verdict.YES) {
                attempt.countResult(false);
                charges.retried(response.status());
                attempts.cancel(attempt);
            }
            if (retries.isGranted(verdict, false)) {
                return;
            }
            couldNotRetry = verdict != RetryState.Verdict.NO;
        }
        if (redirects(attempt, response)) {
            return;
        }
        if (couldNotRetry && isAnotherExpected()) {
            attempt.countResult(false);
            attempts.cancel(attempt);
            return;
        }
        attempt.countResult(response.status() < 500);
        forwardResponse(attempt, response, endStream);
    }

    /** Follows a redirect by itself, if the route says so and it can be done (IR2). */
    private boolean redirects(Attempt attempt, ResponseHead response) {
        InternalRedirectPolicy policy = route().internalRedirect();
        if (policy == null || !policy.isRedirect(response.status())) {
            return false;
        }
        boolean follows =
                InternalRedirect.prepare(
                        exchange, shard, policy, head(), response, requestEnd >= 0 && !overflowed);
        shard.inc(
                follows
                        ? cluster().stats().internalRedirectSucceeded
                        : cluster().stats().internalRedirectFailed);
        if (follows) {
            attempts.cancel(attempt);
            exchange.recreate(response.status(), body.take());
        }
        return follows;
    }

    private boolean isAnotherExpected() {
        return retries.isPending() || attempts.isAnyAwaitingHeaders();
    }

    private void forwardResponse(Attempt attempt, ResponseHead response, boolean endStream) {
        int status = response.status();
        grpcUndecided =
                head().isGrpc() && !endStream && !response.headers().has(KnownHeader.GRPC_STATUS);
        retry.disable();
        retries.cancel();
        attempts.cancelOthers(attempt);
        responding = true;
        body.dropKept();
        charges.response(status);
        info().setDetails("via_upstream");
        Host host = attempt.host();
        if (host != null) {
            info().setUpstreamHost(host.addressText());
        }
        ResponseMutations.strip(response, head());
        HeaderBlock headers = response.headers();
        if (requestEnd >= 0 && !exchange.settings().router.suppressEnvoyHeaders()) {
            headers.set(
                    KnownHeader.ENVOY_UPSTREAM_SERVICE_TIME,
                    (worker.now() - requestEnd) / 1_000_000);
        }
        tellAttemptCount(headers);
        hosts.addCookies(headers);
        info().setResponseCode(status);
        exchange.downstreamResponse().begin(response);
        responseEditor.apply(headers, exchange);
        if (endStream) {
            onResponseEnd();
        }
        exchange.downstreamResponse().sendHead(response, endStream, false);
    }

    /** Whether the local reply being made is the router's own. */
    boolean isReplying() {
        return replies.isReplying();
    }

    /** Tells the client how many attempts there were, if the virtual host says so. */
    void tellAttemptCount(HeaderBlock headers) {
        if (attemptCount > 0
                && route != null
                && route.virtualHost().includeAttemptCountInResponse()) {
            headers.set(KnownHeader.ENVOY_ATTEMPT_COUNT, attemptCount);
        }
    }

    void onResponseBody(ByteBuf data, boolean endStream) {
        if (!responding) {
            data.release();
            return;
        }
        if (endStream) {
            onResponseEnd();
        }
        exchange.downstreamResponse().sendBody(data, endStream);
        if (!endStream && exchange.isActive() && !exchange.downstream().isWritable()) {
            onDownstreamWritable(false);
        }
    }

    /** The response ends with trailers; valid until the exchange ends. */
    void onResponseTrailers(HeaderBlock trailers) {
        if (responding) {
            onResponseEnd();
            exchange.downstreamResponse().sendTrailers(trailers);
        }
    }

    private void onResponseEnd() {
        if (requestEnd >= 0) {
            charges.time((worker.now() - requestEnd) / 1_000_000);
            TrackedClusterStats tracked = cluster().trackedStats();
            if (tracked != null) {
                tracked.recordGlobalBudget(
                        shard, worker.now() - requestEnd, timeouts.globalNanos());
            }
        }
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

    /** An attempt failed before or after its response began. */
    void onReset(Attempt attempt, StreamReset reset, String transportFailure, boolean requestSent) {
        Host host = attempt.host();
        if (!requestSent && host != null) {
            hosts.onHostAttempted(host);
        }
        if (!attempt.isHostKnown()) {
            // Refused before a connection was asked for: no host took part.
            info().setUpstreamHost(null);
        }
        if (!transportFailure.isEmpty()) {
            info().setTransportFailure(transportFailure);
        }
        if (responding) {
            active = false;
            if (grpcUndecided) {
                shard.inc(exchange.stats().rqResetAfterResponseStarted);
            }
            replies.cutByReset(reset, transportFailure);
            return;
        }
        attempt.countResult(false);
        boolean joined = attempt.isRetried();
        attempts.cancel(attempt);
        if (!joined && retries.isGranted(retry.onReset(reset, requestSent), false)) {
            return;
        }
        chargeFailure(reset.status());
        if (isAnotherExpected()) {
            return;
        }
        active = false;
        replies.reset(reset, transportFailure, attemptCount > 1, informed);
    }

    /** Behind a 1xx the response has begun as far as Envoy's counters are concerned (observed). */
    private void chargeFailure(int status) {
        if (!informed) {
            charges.response(status);
        }
    }

    /** The pause before a retry is over. */
    void onRetry(boolean timedOut) {
        attemptCount++;
        info().setAttemptCount(attemptCount);
        ConnectionPool pool = choosePool(true);
        if (pool == null) {
            return;
        }
        HeaderBlock headers = head().headers();
        if (route().virtualHost().includeRequestAttemptCount()) {
            headers.set(KnownHeader.ENVOY_ATTEMPT_COUNT, attemptCount);
        }
        if (route().virtualHost().includeIsTimeoutRetryHeader()) {
            headers.set(
                    KnownHeader.ENVOY_IS_TIMEOUT_RETRY,
                    timedOut ? LocalReplies.TRUE : LocalReplies.FALSE);
        }
        timeouts.tell(headers, requestEnd < 0 ? 0 : worker.now() - requestEnd);
        startAttempt(pool);
    }

    private void onRouteTimeout() {
        if (!active) {
            return;
        }
        worker.refreshNow();
        for (Attempt attempt : attempts.all()) {
            charges.timeout();
            attempt.countTimeout();
            if (!responding) {
                chargeFailure(timeouts.timeoutStatus());
            }
        }
        active = false;
        if (responding) {
            replies.cut(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, "response_timeout");
        } else {
            attempts.cancelAll();
            replies.timedOut(timeouts.timeoutStatus(), "response_timeout");
        }
        worker.flushDirty();
    }

    void onPerTryTimeout(Attempt attempt, boolean idle) {
        if (!active || (responding && !idle)) {
            return;
        }
        if (timeouts.hedges()) {
            if (!responding && !attempt.isRetried() && retries.isGranted(retry.onHedge(), true)) {
                attempt.setRetried();
            }
            return;
        }
        var stats = cluster().stats();
        shard.inc(idle ? stats.rqPerTryIdleTimeout : stats.rqPerTryTimeout);
        attempt.countTimeout();
        String details = idle ? "upstream_per_try_idle_timeout" : "upstream_per_try_timeout";
        if (responding) {
            active = false;
            replies.cut(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, details);
            return;
        }
        attempts.cancel(attempt);
        if (!retries.isGranted(retry.onPerTryTimeout(), true)) {
            chargeFailure(timeouts.timeoutStatus());
            active = false;
            replies.timedOut(timeouts.timeoutStatus(), details);
        }
    }

    /** The upstream stream has lasted too long. */
    void onMaxDuration(Attempt attempt) {
        shard.inc(cluster().stats().rqMaxDurationReached);
        attempts.cancel(attempt);
        if (!responding && retries.isGranted(retry.onPerTryTimeout(), false)) {
            return;
        }
        active = false;
        replies.maxDurationReached(responding, requestEnd >= 0);
    }

    /** Ends whatever goes on upstream. */
    void cancel() {
        active = false;
        retries.cancel();
        attempts.cancelAll();
        routeTimer.disarm();
    }

    /** The exchange is over. */
    void end() {
        cancel();
        retry.end();
        body.end();
        shadows.end();
        replies.end();
        attemptCount = 0;
        responding = false;
        route = null;
        responseEditor = HeaderEditor.NONE;
    }

    void dispose() {
        attempts.dispose();
        routeTimer.discard();
        retries.dispose();
    }
}
