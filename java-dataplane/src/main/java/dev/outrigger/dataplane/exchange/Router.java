// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
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
import dev.outrigger.dataplane.route.Redirects;
import dev.outrigger.dataplane.route.RetryPolicy;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.ConnectionPool;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.LoadBalancerContext;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The router filter: does what the route says, and for a forwarding route makes the attempts. One
 * per {@link Exchange}, reused with it; confined to its event loop.
 */
final class Router {
    private enum State {
        /** Nothing upstream: before the start, after the end, or the route answered by itself. */
        NONE,
        /** An attempt is under way. */
        ATTEMPT,
        /** Between two attempts. */
        BACKOFF,
        /** The final response is being forwarded. */
        RESPONDING
    }

    /** Read by the router alone; the upstream does not get them. */
    private static final long CONSUMED =
            KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_ALT_STAT_NAME)
                    | KnownHeader.bit(KnownHeader.ENVOY_UPSTREAM_STREAM_DURATION_MS);

    private final WorkerServices services;
    private final WorkerContext worker;
    private final StatsShard shard;
    private final Exchange exchange;
    private final RetryState retry;
    private final RequestBuffer body;
    private final Attempt attempt;
    private final List<Host> triedHosts = new ArrayList<>();
    private final Timers.Timer routeTimer;
    private final Timers.Timer perTryTimer;
    private final Timers.Timer perTryIdleTimer;
    private final Timers.Timer backoffTimer;
    private State state = State.NONE;
    private @Nullable RequestHead request;
    private @Nullable Forward action;
    private @Nullable Cluster cluster;
    private HeaderEditor responseEditor = HeaderEditor.NONE;
    private final RequestTimeouts timeouts = new RequestTimeouts();
    private long timeoutStart;
    private int attempts;
    private boolean timeoutRetry;
    private boolean informed;
    private boolean internal;

    Router(WorkerServices services, Exchange exchange) {
        this.services = services;
        this.worker = services.worker();
        this.shard = worker.stats();
        this.exchange = exchange;
        this.retry = new RetryState(shard, worker.random());
        this.body = new RequestBuffer();
        this.attempt = new Attempt(worker, this);
        this.routeTimer = worker.timers().timer(this::onRouteTimeout);
        this.perTryTimer = worker.timers().timer(() -> onPerTryTimeout(false));
        this.perTryIdleTimer = worker.timers().timer(() -> onPerTryTimeout(true));
        this.backoffTimer = worker.timers().timer(this::onBackoffEnd);
    }

    private StreamInfo info() {
        return exchange.info();
    }

    private HcmStats hcmStats() {
        return exchange.settings().stats;
    }

    private Cluster cluster() {
        if (cluster == null) {
            throw new IllegalStateException("no cluster chosen");
        }
        return cluster;
    }

    /** Begins with a matched route. */
    void start(RequestHead head, Route route, boolean endStream) {
        request = head;
        state = State.NONE;
        cluster = null;
        action = null;
        attempts = 0;
        timeoutRetry = false;
        informed = false;
        responseEditor = route.responseEditor();
        shard.inc(hcmStats().routerRqTotal);
        switch (route.action()) {
            case Redirect redirect -> {
                shard.inc(hcmStats().rqDirectResponse);
                exchange.sendRouteReply(
                        redirect.status(), "", Redirects.location(redirect, route, head));
            }
            case DirectResponse(int status, String text) -> {
                shard.inc(hcmStats().rqDirectResponse);
                exchange.sendRouteReply(status, text, directLocation(status, head));
            }
            case Forward forward -> forward(head, route, forward, endStream);
        }
    }

    /** Envoy adds a location to these direct responses on its own (observed). */
    private static String directLocation(int status, RequestHead head) {
        return status == 201 || status / 100 == 3 ? "http://" + head.authority() + head.path() : "";
    }

    private void forward(RequestHead head, Route route, Forward forward, boolean endStream) {
        action = forward;
        Route.Target chosen = exchange.target();
        if (chosen == null) {
            throw new IllegalStateException("a forwarding route has no target");
        }
        responseEditor = chosen.responseEditor();
        String name = chosen.cluster();
        if (forward.cluster() instanceof ClusterSpecifier.Header(String header)) {
            int entry = head.headers().find(Ascii.bytes(header), 0);
            name = entry < 0 ? "" : head.headers().value(entry);
        }
        Cluster found = exchange.manager().cluster(name);
        if (found == null) {
            shard.inc(hcmStats().noCluster);
            exchange.sendLocalReply(
                    forward.clusterNotFoundStatus(),
                    "",
                    ResponseFlag.NO_CLUSTER_FOUND,
                    "cluster_not_found",
                    false,
                    false);
            return;
        }
        cluster = found;
        internal = head.headers().has(KnownHeader.ENVOY_INTERNAL);
        info().setUpstreamCluster(found.name());
        RetryPolicy policy = route.retryPolicy();
        timeouts.begin(route, policy, head.headers());
        prepare(head, route, forward, chosen);
        retry.begin(policy, head, found, forward.highPriority());
        long limit = route.bodyBufferLimit();
        body.begin(retry.isEnabled(), limit >= 0 ? limit : exchange.settings().bufferLimitBytes);
        body.setComplete(endStream);
        triedHosts.clear();
        timeoutStart = -1;
        if (endStream) {
            armRouteTimer();
        }
        nextAttempt();
    }

    /** The request as it goes upstream, in the order D7 gives. */
    private void prepare(RequestHead head, Route route, Forward forward, Route.Target chosen) {
        HeaderBlock headers = head.headers();
        boolean suppress = exchange.settings().suppressEnvoyHeaders;
        setExpectedTimeout(headers, 0);
        if (route.virtualHost().includeRequestAttemptCount()) {
            headers.set(KnownHeader.ENVOY_ATTEMPT_COUNT, 1);
        }
        headers.removeAll(CONSUMED);
        chosen.requestEditor().apply(headers, exchange);
        if (chosen.hostRewrite().length > 0) {
            rewriteHost(headers, chosen.hostRewrite(), forward.appendXForwardedHost(), suppress);
        }
        route.rewritePath(head, !suppress);
    }

    private static void rewriteHost(
            HeaderBlock headers, byte[] host, boolean appendForwardedHost, boolean suppress) {
        String before = headers.text(KnownHeader.HOST);
        byte[] old = Ascii.bytes(before == null ? "" : before);
        if (appendForwardedHost && old.length > 0) {
            int entry = headers.find(KnownHeader.X_FORWARDED_HOST);
            if (entry < 0) {
                headers.add(KnownHeader.X_FORWARDED_HOST, old);
            } else if (!headers.value(entry).endsWith(String.valueOf(before))) {
                headers.join(entry, new byte[] {','}, old);
            }
        }
        if (!suppress && old.length > 0) {
            headers.set(KnownHeader.ENVOY_ORIGINAL_HOST, old);
        }
        headers.set(KnownHeader.HOST, host);
    }

    private void setExpectedTimeout(HeaderBlock headers, long elapsedNanos) {
        if (!exchange.settings().suppressEnvoyHeaders) {
            timeouts.tell(headers, elapsedNanos);
        }
    }

    private void armRouteTimer() {
        timeoutStart = worker.now();
        if (timeouts.globalNanos() > 0) {
            routeTimer.arm(worker.now(), timeouts.globalNanos());
        }
    }

    private void nextAttempt() {
        Forward forward = action;
        if (forward == null) {
            return;
        }
        attempts++;
        info().setAttemptCount(attempts);
        Host host = chooseHost();
        ConnectionPool pool =
                host == null
                        ? null
                        : cluster()
                                .pool(host, worker, services.connector(), forward.highPriority());
        if (host == null || pool == null) {
            shard.inc(cluster().stats().cxNoneHealthy);
            charge(503);
            exchange.sendLocalReply(
                    503,
                    "no healthy upstream",
                    ResponseFlag.NO_HEALTHY_UPSTREAM,
                    "no_healthy_upstream",
                    false,
                    false);
            return;
        }
        info().setUpstreamHost(host.addressText());
        state = State.ATTEMPT;
        attempt.start(pool);
    }

    private @Nullable Host chooseHost() {
        Host host = cluster().chooseHost(worker, LoadBalancerContext.NONE);
        Route route = exchange.route();
        RetryPolicy policy = route == null ? null : route.retryPolicy();
        if (policy != null && policy.avoidPreviousHosts() && attempts > 1) {
            for (int i = 0;
                    i < policy.hostSelectionAttempts() && host != null && triedHosts.contains(host);
                    i++) {
                host = cluster().chooseHost(worker, LoadBalancerContext.NONE);
            }
        }
        if (host != null && policy != null && policy.avoidPreviousHosts()) {
            triedHosts.add(host);
        }
        return host;
    }

    /** The attempt has its stream: send what there is of the request. */
    void onReady(UpstreamStream stream, Host host) {
        RequestHead head = request;
        Forward forward = action;
        if (head == null || forward == null) {
            throw new IllegalStateException("attempt without request");
        }
        info().setUpstreamLocalAddress(stream.localAddress());
        if (forward.autoHostRewrite() && !host.hostname().isEmpty()) {
            rewriteHost(
                    head.headers(),
                    Ascii.bytes(host.hostname()),
                    forward.appendXForwardedHost() && attempts == 1,
                    exchange.settings().suppressEnvoyHeaders);
        }
        // A body in chunks that turns out to be empty is sent in chunks all the same.
        boolean bodyless = body.isComplete() && body.isEmpty() && head.isBodyless();
        stream.sendHead(head, bodyless);
        if (!bodyless) {
            body.replay(stream);
        }
        if (body.isComplete()) {
            armPerTryTimers();
        }
        if (!stream.isWritable()) {
            exchange.downstream().readDisable(true);
        }
    }

    private void armPerTryTimers() {
        if (timeouts.perTryNanos() > 0) {
            perTryTimer.arm(worker.now(), timeouts.perTryNanos());
        }
        if (timeouts.perTryIdleNanos() > 0) {
            perTryIdleTimer.arm(worker.now(), timeouts.perTryIdleNanos());
        }
    }

    void onRequestBody(ByteBuf data, boolean endStream) {
        if (state == State.NONE) {
            data.release();
            return;
        }
        UpstreamStream stream = attempt.stream();
        boolean kept = body.add(data, endStream, stream);
        if (!kept && retry.isEnabled()) {
            shard.inc(cluster().stats().retryOrShadowAbandoned);
            retry.disable();
            if (state == State.BACKOFF) {
                backoffTimer.disarm();
                exchange.sendLocalReply(
                        507,
                        "exceeded request buffer limit while retrying upstream",
                        null,
                        "request_payload_exceeded_retry_buffer_limit",
                        false,
                        false);
                return;
            }
        }
        if (stream == null && body.isFull()) {
            exchange.downstream().readDisable(true);
        }
        if (endStream) {
            armRouteTimer();
            if (stream != null) {
                armPerTryTimers();
            }
        }
    }

    void onUpstreamWritable(boolean writable) {
        exchange.downstream().readDisable(!writable);
    }

    void onDownstreamWritable(boolean writable) {
        UpstreamStream stream = attempt.stream();
        if (stream != null) {
            stream.readDisable(!writable);
        }
    }

    /** An upstream answered with 1xx: it ends all retrying, and only the first counts (E11). */
    void onInformational(ResponseHead head) {
        retry.disable();
        if (!informed) {
            informed = true;
            charge(head.status());
            exchange.onInformational(head.status());
        }
    }

    void onResponseHead(ResponseHead head, boolean endStream) {
        long now = worker.now();
        info().upstreamRx(now);
        touchPerTryIdle();
        int status = head.status();
        Host host = attempt.host();
        if (host != null) {
            attempt.countResult(status < 500);
        }
        RetryState.Verdict verdict = retry.onResponse(head);
        switch (verdict) {
            case YES -> {
                cluster().stats().chargeRetried(shard, status);
                attempt.cancel();
                backOff(false);
                return;
            }
            case LIMIT_EXCEEDED -> info().setFlag(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
            case OVERFLOW -> info().setFlag(ResponseFlag.UPSTREAM_OVERFLOW);
            case NO -> {}
        }
        retry.disable();
        perTryTimer.disarm();
        state = State.RESPONDING;
        body.dropKept();
        charge(status);
        info().setDetails("via_upstream");
        ResponseMutations.strip(head);
        HeaderBlock headers = head.headers();
        boolean suppress = exchange.settings().suppressEnvoyHeaders;
        if (!suppress && exchange.isRequestComplete()) {
            headers.set(
                    KnownHeader.ENVOY_UPSTREAM_SERVICE_TIME,
                    (now - info().requestEndNanos()) / 1_000_000);
        }
        attemptCount(headers);
        info().setResponseCode(status);
        responseEditor.apply(headers, exchange);
        if (endStream) {
            onResponseEnd();
        }
        exchange.sendHead(head, endStream, false);
    }

    private void attemptCount(HeaderBlock headers) {
        Route route = exchange.route();
        if (attempts > 0 && route != null && route.virtualHost().includeAttemptCountInResponse()) {
            headers.set(KnownHeader.ENVOY_ATTEMPT_COUNT, attempts);
        }
    }

    void onResponseBody(ByteBuf data, boolean endStream) {
        if (state != State.RESPONDING) {
            data.release();
            return;
        }
        touchPerTryIdle();
        if (endStream) {
            onResponseEnd();
        }
        exchange.sendBody(data, endStream);
        if (!endStream && exchange.isActive() && !exchange.downstream().isWritable()) {
            onDownstreamWritable(false);
        }
    }

    private void onResponseEnd() {
        if (exchange.isRequestComplete()) {
            cluster()
                    .stats()
                    .recordTime(
                            shard, (worker.now() - info().requestEndNanos()) / 1_000_000, internal);
        }
    }

    private void touchPerTryIdle() {
        if (timeouts.perTryIdleNanos() > 0 && perTryIdleTimer.isArmed()) {
            perTryIdleTimer.arm(worker.now(), timeouts.perTryIdleNanos());
        }
    }

    /** The attempt failed before or after its response began. */
    void onReset(StreamReset reset, String transportFailure, boolean requestSent) {
        perTryTimer.disarm();
        perTryIdleTimer.disarm();
        if (!attempt.isHostKnown()) {
            // Refused before a connection was asked for: no host took part.
            info().setUpstreamHost(null);
        }
        if (!transportFailure.isEmpty()) {
            info().setTransportFailure(transportFailure);
        }
        String cause =
                transportFailure.isEmpty()
                        ? reset.underscored()
                        : reset.underscored() + '|' + transportFailure.replace(' ', '_');
        if (state == State.RESPONDING) {
            info().setFlag(reset.flag());
            info().setDetails("upstream_reset_after_response_started{" + cause + "}");
            state = State.NONE;
            exchange.abort();
            return;
        }
        attempt.countResult(false);
        if (wantsRetry(retry.onReset(reset, requestSent), false)) {
            return;
        }
        charge(reset.status());
        state = State.NONE;
        exchange.sendLocalReply(
                reset.status(),
                "upstream connect error or disconnect/reset before headers. "
                        + (attempts > 1 ? "retried and the latest " : "")
                        + "reset reason: "
                        + reset.text(),
                reset.flag(),
                "upstream_reset_before_response_started{" + cause + "}",
                false,
                reset == StreamReset.OVERFLOW);
    }

    private boolean wantsRetry(RetryState.Verdict verdict, boolean timedOut) {
        switch (verdict) {
            case YES -> {
                backOff(timedOut);
                return true;
            }
            case LIMIT_EXCEEDED -> info().setFlag(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
            case OVERFLOW -> info().setFlag(ResponseFlag.UPSTREAM_OVERFLOW);
            case NO -> {}
        }
        return false;
    }

    private void backOff(boolean timedOut) {
        state = State.BACKOFF;
        timeoutRetry = timedOut;
        perTryTimer.disarm();
        perTryIdleTimer.disarm();
        backoffTimer.arm(worker.now(), retry.backoffMillis() * 1_000_000);
    }

    private void onBackoffEnd() {
        RequestHead head = request;
        Route route = exchange.route();
        if (state != State.BACKOFF || head == null || route == null) {
            return;
        }
        worker.refreshNow();
        HeaderBlock headers = head.headers();
        if (route.virtualHost().includeRequestAttemptCount()) {
            headers.set(KnownHeader.ENVOY_ATTEMPT_COUNT, attempts + 1);
        }
        if (route.virtualHost().includeIsTimeoutRetryHeader()) {
            if (timeoutRetry) {
                headers.set(KnownHeader.ENVOY_IS_TIMEOUT_RETRY, LocalReplies.TRUE);
            } else {
                headers.remove(KnownHeader.ENVOY_IS_TIMEOUT_RETRY);
            }
        }
        setExpectedTimeout(headers, timeoutStart < 0 ? 0 : worker.now() - timeoutStart);
        nextAttempt();
        worker.flushDirty();
    }

    private void onRouteTimeout() {
        if (state == State.NONE) {
            return;
        }
        worker.refreshNow();
        shard.inc(cluster().stats().rqTimeout);
        attempt.countTimeout();
        info().setFlag(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT);
        if (state == State.RESPONDING) {
            info().setDetails("response_timeout");
            exchange.abort();
        } else {
            attempt.cancel();
            replyTimedOut(null, "response_timeout");
        }
        worker.flushDirty();
    }

    private void onPerTryTimeout(boolean idle) {
        if (state != State.ATTEMPT && !(idle && state == State.RESPONDING)) {
            return;
        }
        worker.refreshNow();
        var stats = cluster().stats();
        shard.inc(idle ? stats.rqPerTryIdleTimeout : stats.rqPerTryTimeout);
        attempt.countTimeout();
        String details = idle ? "upstream_per_try_idle_timeout" : "upstream_per_try_timeout";
        if (state == State.RESPONDING) {
            info().setFlag(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT);
            info().setDetails(details);
            exchange.abort();
        } else {
            attempt.cancel();
            if (!wantsRetry(retry.onPerTryTimeout(), true)) {
                replyTimedOut(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, details);
            }
        }
        worker.flushDirty();
    }

    private void replyTimedOut(@Nullable ResponseFlag flag, String details) {
        int status = timeouts.timeoutStatus();
        charge(status);
        state = State.NONE;
        exchange.sendLocalReply(
                status,
                status == 504 ? "upstream request timeout" : "",
                flag,
                details,
                false,
                false);
    }

    private void charge(int status) {
        cluster().stats().chargeResponse(shard, status, internal);
    }

    /** A reply of our own passes the route's response edits too (Y4). */
    void editLocalResponse(ResponseHead head) {
        Route route = exchange.route();
        if (route != null) {
            if (cluster != null) {
                attemptCount(head.headers());
            }
            Route.Target target = exchange.target();
            (target == null ? route.responseEditor() : target.responseEditor())
                    .apply(head.headers(), exchange);
        }
    }

    /** Ends whatever goes on upstream. */
    void cancel() {
        state = State.NONE;
        attempt.cancel();
        routeTimer.disarm();
        perTryTimer.disarm();
        perTryIdleTimer.disarm();
        backoffTimer.disarm();
    }

    /** The exchange is over. */
    void end() {
        cancel();
        retry.end();
        body.end();
        triedHosts.clear();
        cluster = null;
        attempts = 0;
        responseEditor = HeaderEditor.NONE;
    }

    void dispose() {
        routeTimer.discard();
        perTryTimer.discard();
        perTryIdleTimer.discard();
        backoffTimer.discard();
    }
}
