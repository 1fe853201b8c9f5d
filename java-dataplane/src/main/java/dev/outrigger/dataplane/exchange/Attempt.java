// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.GrpcStatuses;
import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.OutlierMonitor.Result;
import dev.outrigger.dataplane.upstream.PoolCallbacks;
import dev.outrigger.dataplane.upstream.StreamSource;
import dev.outrigger.dataplane.upstream.TrackedClusterStats;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One try on one host: from asking its pool for a stream to the end of that stream, with the timers
 * that limit it. Reused for the next try; whoever calls back late finds it empty. Confined to its
 * event loop.
 */
final class Attempt implements PoolCallbacks, ResponseReceiver {

    private final WorkerContext worker;
    private final ForwardedRequest owner;
    private final Timers.Timer perTryTimer;
    private final Timers.Timer perTryIdleTimer;
    private final Timers.Timer durationTimer;
    private @Nullable StreamSource pool;
    private @Nullable UpstreamStream stream;
    private @Nullable TrackedAttempt tracked;
    private @Nullable AttemptLog log;
    private boolean logging;
    private final BytesMeter bytes = new BytesMeter();
    private long startNanos;
    private long perTryIdleNanos;

    /** Where a response came from that is whole with its head, while that is taken. */
    private @Nullable UpstreamStream whole;

    private boolean waiting;
    private boolean starting;
    private boolean sentRequest;
    private boolean awaitingHeaders;
    private boolean retried;
    private boolean timeoutReported;
    private boolean hostKnown = true;

    Attempt(WorkerContext worker, ForwardedRequest owner) {
        this.worker = worker;
        this.owner = owner;
        this.perTryTimer = worker.timers().timer(() -> onPerTryTimeout(false));
        this.perTryIdleTimer = worker.timers().timer(() -> onPerTryTimeout(true));
        this.durationTimer = worker.timers().timer(this::onMaxDuration);
    }

    /**
     * @param stats what the cluster tracks of attempts, if anything
     */
    void start(StreamSource from, @Nullable TrackedClusterStats stats) {
        tracked = stats == null ? null : new TrackedAttempt(stats, worker.now());
        startNanos = worker.now();
        beginLog();
        pool = from;
        stream = null;
        waiting = true;
        sentRequest = false;
        awaitingHeaders = true;
        retried = false;
        timeoutReported = false;
        hostKnown = true;
        starting = true;
        from.newStream(this);
        starting = false;
    }

    private void beginLog() {
        logging = owner.logsAttempts();
        if (logging) {
            if (log == null) {
                log = owner.newAttemptLog();
            }
            log.begin(owner.routerOptions());
        }
    }

    /** Where the attempt is logged; {@code null} where it is not. */
    @Nullable AttemptLog log() {
        return logging ? log : null;
    }

    @Nullable UpstreamStream stream() {
        return stream;
    }

    /** Whether the host took part, as far as logs are concerned. */
    boolean isHostKnown() {
        return hostKnown;
    }

    /** Whether no stream and no refusal has come so far. */
    boolean isWaiting() {
        return waiting;
    }

    /** Whether its pool answers at once. */
    boolean isStarting() {
        return starting;
    }

    @Nullable Host host() {
        return pool == null ? null : pool.host();
    }

    /** Whether no final response head has come. */
    boolean isAwaitingHeaders() {
        return awaitingHeaders;
    }

    /** Whether another attempt was begun in its place while it goes on. */
    boolean isRetried() {
        return retried;
    }

    void setRetried() {
        retried = true;
    }

    /** The request is complete and the stream is there: from now on time counts (U2). */
    void limit(RequestTimeouts timeouts) {
        if (timeouts.perTryNanos() > 0) {
            perTryTimer.arm(worker.now(), timeouts.perTryNanos());
        }
        perTryIdleNanos = timeouts.perTryIdleNanos();
        if (perTryIdleNanos > 0) {
            perTryIdleTimer.arm(worker.now(), perTryIdleNanos);
        }
    }

    /** The stream has become a tunnel: from now on nothing limits a try (W3). */
    void onTunnelOpen() {
        perTryTimer.disarm();
        perTryIdleTimer.disarm();
    }

    /** Limits the whole upstream stream. */
    void limitDuration(long nanos) {
        if (nanos > 0) {
            durationTimer.arm(worker.now(), nanos);
        }
    }

    private void onPerTryTimeout(boolean idle) {
        worker.refreshNow();
        owner.outcomes().onPerTryTimeout(this, idle);
        worker.flushDirty();
    }

    private void onMaxDuration() {
        worker.refreshNow();
        owner.outcomes().onMaxDuration(this);
        worker.flushDirty();
    }

    private void touch() {
        if (perTryIdleTimer.isArmed()) {
            perTryIdleTimer.arm(worker.now(), perTryIdleNanos);
        }
    }

    void countResult(boolean success) {
        if (pool != null) {
            pool.host().countResult(worker.index(), success);
        }
    }

    /**
     * @param own whether it was the limit of the attempt, not that of the route
     * @param status what the client is told
     */
    void countTimeout(boolean own, int status) {
        AttemptLog told = log();
        if (own && told != null) {
            told.onTimeout();
        }
        if (pool != null) {
            pool.host().countTimeout(worker.index());
            if (own || awaitingHeaders) {
                reportTimeout(status);
            }
        }
    }

    /** Has outlier detection know that its time is up, at most once. */
    void reportTimeout(int status) {
        if (pool != null && !timeoutReported) {
            timeoutReported = true;
            pool.host().putResult(Result.LOCAL_ORIGIN_TIMEOUT, status);
        }
    }

    /** Gives the try up, wherever it stands; nothing is called back. */
    void cancel() {
        UpstreamStream current = stream;
        StreamSource asked = waiting ? pool : null;
        TrackedAttempt ended = tracked;
        if (ended != null) {
            tracked = null;
            owner.onAttemptEnd(ended, sentRequest);
        }
        endStream();
        pool = null;
        waiting = false;
        awaitingHeaders = false;
        endLog();
        if (current != null) {
            current.cancel();
        } else if (asked != null) {
            asked.cancel(this);
        }
    }

    @Override
    public BytesMeter bytes() {
        return bytes;
    }

    private void endLog() {
        AttemptLog ended = log();
        if (ended != null) {
            ended.end();
            logging = false;
        }
    }

    void dispose() {
        if (log != null) {
            log.dispose();
        }
        perTryTimer.discard();
        perTryIdleTimer.discard();
        durationTimer.discard();
    }

    @Override
    public ResponseReceiver receiver() {
        return this;
    }

    @Override
    public void onPoolReady(UpstreamStream ready) {
        waiting = false;
        stream = ready;
        sentRequest = true;
        tellPoolAnswer();
        StreamSource from = pool;
        if (from != null) {
            from.host().putResult(Result.LOCAL_ORIGIN_CONNECT_SUCCESS, 0);
            owner.onReady(this, ready, from.host());
        }
    }

    private void tellPoolAnswer() {
        long waitedMillis = (worker.now() - startNanos) / 1_000_000;
        owner.onPoolAnswer(waitedMillis);
        AttemptLog told = log();
        if (told != null) {
            told.onPoolAnswer(waitedMillis);
        }
    }

    @Override
    public void onPoolFailure(StreamReset reason, String transportFailure) {
        onPoolFailure(reason, transportFailure, true);
    }

    @Override
    public void onPoolFailure(StreamReset reason, String transportFailure, boolean known) {
        waiting = false;
        hostKnown = known;
        tellPoolAnswer();
        logReset(reason, transportFailure);
        if (reason != StreamReset.OVERFLOW) {
            // An overflow says nothing of the host (CB6).
            putFailure();
        }
        owner.outcomes().onReset(this, reason, transportFailure, false);
    }

    private void logReset(StreamReset reason, String transportFailure) {
        AttemptLog told = log();
        if (told != null) {
            if (!hostKnown) {
                told.onHostUnknown();
            }
            told.onReset(reason.flag(), transportFailure);
        }
    }

    private void putFailure() {
        if (pool != null) {
            pool.host().putResult(Result.LOCAL_ORIGIN_CONNECT_FAILED, 0);
        }
    }

    @Override
    public void onInformational(ResponseHead head) {
        owner.outcomes().onInformational(this, head);
    }

    @Override
    public void onResponseHead(ResponseHead head, boolean endStream) {
        awaitingHeaders = false;
        owner.filterResponse(head);
        if (tracked != null) {
            tracked.onResponseHead(head);
        }
        AttemptLog told = log();
        if (told != null) {
            told.onResponseHead(head, endStream);
        }
        touch();
        if (endStream) {
            whole = stream;
            endStream();
        }
        // What is no handshake says nothing of the host (observed).
        if (pool != null && !owner.outcomes().isNoHandshake(head.status())) {
            Host host = pool.host();
            host.putHttpResponseCode(
                    owner.head().isGrpc() && head.headers().has(KnownHeader.GRPC_STATUS)
                            ? GrpcStatuses.toHttp(GrpcStatuses.of(head.headers()))
                            : head.status());
            if (head.headers().has(KnownHeader.ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL)) {
                host.failHealthCheckImmediately();
            }
        }
        owner.outcomes().onResponseHead(this, head, endStream);
        whole = null;
    }

    /** Nobody wants the response whose head is being taken: what comes instead finds its place. */
    void freeResponse() {
        if (whole != null) {
            whole.free();
        }
    }

    @Override
    public void onResponseBody(ByteBuf data, boolean endStream) {
        if (tracked != null) {
            tracked.onResponseBody(data.readableBytes());
        }
        AttemptLog told = log();
        if (told != null) {
            told.onResponseBody(data.readableBytes(), endStream);
        }
        touch();
        if (endStream) {
            endStream();
        }
        owner.response().onBody(data, endStream);
    }

    private void endStream() {
        stream = null;
        perTryTimer.disarm();
        perTryIdleTimer.disarm();
        durationTimer.disarm();
    }

    @Override
    public void onResponseTrailers(HeaderBlock trailers) {
        endStream();
        AttemptLog told = log();
        if (told != null) {
            told.onTrailers(trailers);
        }
        owner.response().onTrailers(trailers);
    }

    @Override
    public void onUpstreamReset(StreamReset reason, String transportFailure) {
        endStream();
        putFailure();
        logReset(reason, transportFailure);
        owner.outcomes().onReset(this, reason, transportFailure, true);
    }

    @Override
    public void onUpstreamWritable(boolean writable) {
        owner.onUpstreamWritable(writable);
    }
}
