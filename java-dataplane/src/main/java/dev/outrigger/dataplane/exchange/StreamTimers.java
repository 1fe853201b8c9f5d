// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;

/**
 * The downstream timers of an exchange: idle, whole request, longest duration, and the interval of
 * periodic log lines (1.10). Follows {@code ConnectionManagerImpl::ActiveStream} of Envoy. One per
 * {@link Exchange}; confined to its event loop; all times in nanoseconds.
 */
final class StreamTimers {
    private static final int DEADLINE_EXCEEDED = 4;

    private final Exchange exchange;
    private final WorkerContext worker;
    private final Timers.Timer idle;
    private final Timers.Timer request;
    private final Timers.Timer duration;
    private final Timers.Timer log;
    private long idleNanos;

    StreamTimers(Exchange exchange, WorkerContext worker) {
        this.exchange = exchange;
        this.worker = worker;
        this.idle = worker.timers().timer(this::onIdle);
        this.request = worker.timers().timer(this::onRequest);
        this.duration = worker.timers().timer(this::onDuration);
        this.log = worker.timers().timer(this::onLogInterval);
    }

    /** An exchange begins with what the connection manager says. */
    void begin(HttpConnectionManager.Settings settings) {
        idleNanos = settings.streamIdleTimeoutNanos;
        touch();
        if (settings.logIntervalNanos > 0) {
            log.arm(worker.now(), settings.logIntervalNanos);
        }
        if (settings.requestTimeoutNanos > 0) {
            request.arm(worker.now(), settings.requestTimeoutNanos);
        }
        if (settings.maxStreamDurationNanos > 0) {
            duration.arm(worker.now(), settings.maxStreamDurationNanos);
        }
    }

    /** Something happened on the stream: the idle timer starts anew (T2). */
    void touch() {
        if (idleNanos > 0) {
            idle.arm(worker.now(), idleNanos);
        }
    }

    /** The route's own limits replace the connection manager's (T2, U5). */
    void obey(Route route, RequestHead head) {
        if (route.timeouts().idle() >= 0) {
            idleNanos = route.timeouts().idle();
            idle.disarm();
            touch();
        }
        if (route.timeouts().limitsStream()) {
            long limit = StreamDuration.limit(route.timeouts(), head, exchange.settings());
            duration.disarm();
            if (limit > 0) {
                long used = worker.now() - exchange.info().startNanos();
                duration.arm(worker.now(), Math.max(0, limit - used));
            }
        }
    }

    void onRequestEnd() {
        request.disarm();
    }

    void end() {
        idle.disarm();
        request.disarm();
        duration.disarm();
        log.disarm();
    }

    /** Gives the timers up. */
    void discard() {
        idle.discard();
        request.discard();
        duration.discard();
        log.discard();
    }

    void onIdle() {
        if (!exchange.isActive()) {
            return;
        }
        worker.stats().inc(exchange.stats().rqIdleTimeout);
        exchange.info().setFlag(ResponseFlag.STREAM_IDLE_TIMEOUT);
        giveUp("stream timeout", "stream_idle_timeout", -1);
    }

    private void onRequest() {
        if (!exchange.isActive() || exchange.isRequestComplete()) {
            return;
        }
        worker.stats().inc(exchange.stats().rqTimeout);
        if (exchange.isResponseStarted()) {
            exchange.abort();
        } else {
            reply(408, "request timeout", "request_overall_timeout");
        }
        worker.flushDirty();
    }

    private void onDuration() {
        if (exchange.isActive()) {
            worker.stats().inc(exchange.stats().rqMaxDurationReached);
            giveUp("downstream duration timeout", "max_duration_timeout", DEADLINE_EXCEEDED);
        }
    }

    /**
     * @param grpcStatus what a gRPC caller is told; -1 for what follows from the status
     */
    private void giveUp(String body, String details, int grpcStatus) {
        exchange.info().setDetails(details);
        exchange.replies()
                .sendFilterReply(
                        LocalReply.of(exchange.isRequestComplete() ? 504 : 408, body, details)
                                .withGrpcStatus(grpcStatus));
        worker.flushDirty();
    }

    private void reply(int status, String body, String details) {
        exchange.replies().send(status, body, null, details, false, false);
    }

    private void onLogInterval() {
        if (exchange.isActive()) {
            worker.refreshNow();
            exchange.logPeriodically();
            log.arm(worker.now(), exchange.settings().logIntervalNanos);
        }
    }
}
