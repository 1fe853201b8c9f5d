// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.route.InternalRedirectPolicy;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;

/**
 * What the attempts of one request come to (section 4): a response that is forwarded, another
 * attempt, an internal redirect, or an answer in the upstream's place. Follows {@code Filter} of
 * Envoy's router. One per {@link ForwardedRequest}; confined to its event loop.
 */
final class AttemptOutcomes {
    private final WorkerContext worker;
    private final StatsShard shard;
    private final Exchange exchange;
    private final ForwardedRequest request;
    private final ForwardedResponse response;
    private final Attempts attempts;
    private final RetryState retry;
    private final RetryTimer retries;
    private final UpstreamReplies replies;
    private final Timers.Timer routeTimer;

    AttemptOutcomes(
            WorkerContext worker,
            Exchange exchange,
            ForwardedRequest request,
            ForwardedResponse response,
            Attempts attempts,
            RetryState retry,
            RetryTimer retries,
            UpstreamReplies replies) {
        this.worker = worker;
        this.shard = worker.stats();
        this.exchange = exchange;
        this.request = request;
        this.response = response;
        this.attempts = attempts;
        this.retry = retry;
        this.retries = retries;
        this.replies = replies;
        this.routeTimer = worker.timers().timer(this::onRouteTimeout);
    }

    /** The ones Envoy knows; others are as if they had not come, but for a WebSocket. */
    private static boolean isInterim(int status) {
        return status == 100 || (status >= 102 && status <= 104);
    }

    /** An upstream answered with 1xx, which ends all retrying (E11). */
    void onInformational(Attempt attempt, ResponseHead interim) {
        if (isInterim(interim.status())) {
            retry.disable();
            attempts.cancelOthers(attempt);
            response.sendInterim(interim);
        } else if (exchange.info().upstreamProtocol() != Protocol.HTTP_2) {
            var _ = exchange.replies().failsHandshake(interim);
        }
    }

    /** Whether a WebSocket's answer is none; over HTTP/2 any answer is one (W3). */
    boolean isNoHandshake(int status) {
        return exchange.info().upstreamProtocol() != Protocol.HTTP_2
                && exchange.downstreamRequest().failsHandshake(status);
    }

    void onResponseHead(Attempt attempt, ResponseHead head, boolean endStream) {
        exchange.info().upstreamRx(worker.now());
        if (isNoHandshake(head.status()) && exchange.replies().failsHandshake(head)) {
            return;
        }
        request.onAnswer(attempt, head.status());
        boolean couldNotRetry = false;
        if (attempt.isRetried()) {
            couldNotRetry = retry.wouldRetry(head);
        } else {
            RetryState.Verdict verdict = retry.onResponse(head, worker.wallMillis());
            if (verdict == RetryState.Verdict.YES) {
                attempt.countResult(false);
                request.charges().retried(head.status());
                attempts.cancel(attempt);
            }
            if (retries.isGranted(verdict, false)) {
                return;
            }
            couldNotRetry = verdict != RetryState.Verdict.NO;
        }
        if (redirects(attempt, head)) {
            return;
        }
        if (couldNotRetry && isAnotherExpected()) {
            attempt.countResult(false);
            attempts.cancel(attempt);
            return;
        }
        retry.disable();
        retries.cancel();
        attempts.cancelOthers(attempt);
        request.dropKeptBody();
        response.begin(attempt, head, endStream);
    }

    /** Follows a redirect by itself, if the route says so and it can be done (IR2). */
    private boolean redirects(Attempt attempt, ResponseHead head) {
        InternalRedirectPolicy policy = request.route().internalRedirect();
        if (policy == null || !policy.isRedirect(head.status())) {
            return false;
        }
        boolean follows =
                InternalRedirect.prepare(
                        exchange, shard, policy, request.head(), head, request.isRepeatable());
        var stats = request.cluster().stats();
        shard.inc(follows ? stats.internalRedirectSucceeded : stats.internalRedirectFailed);
        if (follows) {
            // The log tells of the redirect as it came; the attempt takes back its head.
            var seen = new ResponseHead();
            seen.setStatus(head.status());
            seen.headers().copyFrom(head.headers());
            exchange.downstreamResponse().begin(seen);
            attempt.freeResponse();
            exchange.redirects().follow(head.status(), request.head(), request.takeBody());
        }
        return follows;
    }

    private boolean isAnotherExpected() {
        return retries.isPending() || attempts.isAnyAwaitingHeaders();
    }

    /** An attempt failed before or after its response began. */
    void onReset(Attempt attempt, StreamReset reset, String transportFailure, boolean requestSent) {
        Host host = attempt.host();
        if (!requestSent && host != null) {
            request.hosts().onHostAttempted(host);
        }
        if (!attempt.isHostKnown()) {
            // Refused before a connection was asked for: no host took part.
            exchange.info().setUpstreamHost(null);
        }
        if (!transportFailure.isEmpty()) {
            exchange.info().setTransportFailure(transportFailure);
        }
        if (response.isBegun()) {
            request.finish();
            countCut();
            replies.cutByReset(reset, transportFailure);
            return;
        }
        if (attempt.isHostKnown()) {
            attempt.countResult(false);
        }
        boolean joined = attempt.isRetried();
        attempts.cancel(attempt);
        if (!joined && retries.isGranted(retry.onReset(reset, requestSent), false)) {
            return;
        }
        chargeFailure(reset.status());
        if (isAnotherExpected()) {
            return;
        }
        request.finish();
        if (reset == StreamReset.OVERFLOW) {
            request.cluster().loadDrops().countOverflow();
        }
        replies.reset(reset, transportFailure, request.attemptCount() > 1, response.isInformed());
    }

    /** Only gRPC calls are counted, whose outcome their trailers would have told. */
    private void countCut() {
        if (response.onReset()) {
            shard.inc(exchange.stats().rqResetAfterResponseStarted);
        }
    }

    /** Behind a 1xx the response has begun as far as Envoy's counters are concerned (observed). */
    private void chargeFailure(int status) {
        if (!response.isInformed()) {
            request.charges().response(status);
        }
    }

    /** From now on the route's timeout counts. */
    void armRouteTimer() {
        long limit = request.timeouts().globalNanos();
        if (limit > 0) {
            routeTimer.arm(worker.now(), limit);
        }
    }

    void disarmRouteTimer() {
        routeTimer.disarm();
    }

    private void onRouteTimeout() {
        if (!request.isActive()) {
            return;
        }
        worker.refreshNow();
        int status = request.timeouts().timeoutStatus();
        for (Attempt attempt : attempts.all()) {
            request.charges().timeout();
            attempt.countTimeout(false, status);
            if (!response.isBegun()) {
                chargeFailure(status);
            }
        }
        request.finish();
        if (response.isBegun()) {
            replies.cut(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, "response_timeout");
        } else {
            attempts.cancelAll();
            replies.timedOut(status, "response_timeout");
        }
        worker.flushDirty();
    }

    void onPerTryTimeout(Attempt attempt, boolean idle) {
        if (!request.isActive() || (response.isBegun() && !idle)) {
            return;
        }
        if (request.timeouts().hedges()) {
            attempt.reportTimeout(request.timeouts().timeoutStatus());
            if (!response.isBegun()
                    && !attempt.isRetried()
                    && retries.isGranted(retry.onHedge(), true)) {
                attempt.setRetried();
            }
            return;
        }
        var stats = request.cluster().stats();
        shard.inc(idle ? stats.rqPerTryIdleTimeout : stats.rqPerTryTimeout);
        attempt.countTimeout(true, request.timeouts().timeoutStatus());
        String details = idle ? "upstream_per_try_idle_timeout" : "upstream_per_try_timeout";
        if (response.isBegun()) {
            request.finish();
            countCut();
            replies.cut(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, details);
            return;
        }
        attempts.cancel(attempt);
        if (!retries.isGranted(retry.onPerTryTimeout(), true)) {
            int status = request.timeouts().timeoutStatus();
            chargeFailure(status);
            request.finish();
            replies.timedOut(status, details);
        }
    }

    /** The upstream stream has lasted too long. */
    void onMaxDuration(Attempt attempt) {
        shard.inc(request.cluster().stats().rqMaxDurationReached);
        attempts.cancel(attempt);
        if (!response.isBegun() && retries.isGranted(retry.onPerTryTimeout(), false)) {
            return;
        }
        request.finish();
        replies.maxDurationReached(response.isBegun(), request.isComplete());
    }

    void dispose() {
        routeTimer.discard();
    }
}
