// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.accesslog.MetadataKind;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.message.AccessLogType;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.MessagePart;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import org.jspecify.annotations.Nullable;

/**
 * What the router's {@code upstream_log} tells of one attempt: the request as it goes upstream, the
 * response as it came, and what happened in between. Follows {@code UpstreamRequest::upstreamLog}.
 * Made only where the router has such a log; reused with its {@link Attempt}. Confined to its event
 * loop.
 */
final class AttemptLog implements FormatContext {
    private final WorkerServices services;
    private final WorkerContext worker;
    private final FormatContext whole;
    private final StreamInfo info = new StreamInfo();
    private final ResponseHead response = new ResponseHead();
    private final HeaderBlock trailers = new HeaderBlock(MessagePart.RESPONSE_TRAILERS);
    private final Timers.Timer timer;
    private RouterOptions options = RouterOptions.NONE;
    private boolean responded;
    private boolean trailed;
    private boolean open;

    /**
     * @param whole the request whose attempt it is
     */
    AttemptLog(WorkerServices services, FormatContext whole) {
        this.services = services;
        this.worker = services.worker();
        this.whole = whole;
        this.timer = worker.timers().timer(this::onInterval);
    }

    /** An attempt begins. */
    void begin(RouterOptions router) {
        StreamInfo request = whole.info();
        options = router;
        responded = false;
        trailed = false;
        open = true;
        info.begin(request.findConnection(), worker.wallMillis(), worker.now());
        info.setProtocol(null);
        info.setRouteName(request.routeName());
        info.setUpstreamCluster(request.upstreamCluster());
        info.setHealthCheck(request.isHealthCheck());
        info.takeUpstream(request);
        if (options.upstreamLogIntervalNanos() > 0) {
            timer.arm(worker.now(), options.upstreamLogIntervalNanos());
        }
    }

    /** It has its stream. */
    void onReady(UpstreamStream stream) {
        info.takeUpstream(whole.info());
        info.setProtocol(stream.protocol());
        info.shareDownstreamBytes(whole.info());
        if (options.logsUpstreamStream()) {
            log(AccessLogType.UPSTREAM_POOL_READY);
        }
    }

    /**
     * What is there of the request is sent.
     *
     * @param bodyBytes of the request, so far
     */
    void onRequestSent(long bodyBytes, boolean complete) {
        info.upstreamTxBegin(worker.now());
        onRequestBody(bodyBytes, complete);
    }

    void onRequestBody(long bytes, boolean complete) {
        info.addBytesSent(bytes);
        if (complete) {
            info.upstreamTxEnd(worker.now());
        }
    }

    /** No stream came of it, or it ended abnormally. */
    void onReset(ResponseFlag flag, String transportFailure) {
        info.setFlag(flag);
        if (!transportFailure.isEmpty()) {
            info.setTransportFailure(transportFailure);
        }
    }

    /** Refused before a connection was asked for: no host took part. */
    void onHostUnknown() {
        info.setUpstreamHost(null);
        info.setUpstreamHostName("");
    }

    void onTimeout() {
        info.setFlag(ResponseFlag.UPSTREAM_REQUEST_TIMEOUT);
    }

    /** It waited so long for its stream, or for nothing. */
    void onPoolAnswer(long millis) {
        info.setPoolReadyMillis(millis);
    }

    /** The final head, as it came. */
    void onResponseHead(ResponseHead head, boolean endStream) {
        response.reset();
        response.setStatus(head.status());
        response.headers().copyFrom(head.headers());
        responded = true;
        info.setResponseCode(head.status());
        info.upstreamRx(worker.now());
        if (endStream) {
            info.upstreamRxEnd(worker.now());
        }
    }

    void onResponseBody(int bytes, boolean endStream) {
        info.addBytesReceived(bytes);
        if (endStream) {
            info.upstreamRxEnd(worker.now());
        }
    }

    void onTrailers(HeaderBlock block) {
        trailers.reset();
        trailers.copyFrom(block);
        trailed = true;
        info.upstreamRxEnd(worker.now());
    }

    /** The attempt is over, however. */
    void end() {
        if (open) {
            open = false;
            timer.disarm();
            log(AccessLogType.UPSTREAM_END);
        }
    }

    void dispose() {
        timer.discard();
    }

    private void onInterval() {
        worker.refreshNow();
        log(AccessLogType.UPSTREAM_PERIODIC);
        timer.arm(worker.now(), options.upstreamLogIntervalNanos());
        worker.flushDirty();
    }

    private void log(AccessLogType type) {
        info.setLogType(type);
        info.setEndNanos(worker.now());
        for (AccessLog each : options.upstreamLogs()) {
            services.log(each, this);
        }
    }

    @Override
    public @Nullable RequestHead request() {
        return whole.request();
    }

    @Override
    public @Nullable ResponseHead response() {
        return responded ? response : null;
    }

    @Override
    public @Nullable HeaderBlock trailers() {
        return trailed ? trailers : null;
    }

    @Override
    public StreamInfo info() {
        return info;
    }

    /** Envoy's attempts know their route and their cluster, but no virtual host (observed). */
    @Override
    public @Nullable Metadata metadata(MetadataKind kind) {
        return switch (kind) {
            case DYNAMIC, VIRTUAL_HOST -> null;
            case ROUTE, CLUSTER -> whole.metadata(kind);
            case UPSTREAM_HOST -> info.upstreamMetadata();
        };
    }

    @Override
    public boolean hasStreamId() {
        return false;
    }

    @Override
    public @Nullable String uniqueId() {
        return whole.uniqueId();
    }
}
