// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.worker.WorkerContext;
import org.jspecify.annotations.Nullable;

/**
 * A mirrored request in front of the filters of its upstream, and in the router's log of attempts:
 * it has neither a route nor a client. Made only where there are such filters or such a log.
 * Confined to its event loop.
 */
final class MirrorContext implements FormatContext {
    private final WorkerContext worker;
    private final RouterOptions router;
    private final UpstreamFilters filters;
    private final RequestHead head;
    private final StreamInfo info = new StreamInfo();
    private final @Nullable AttemptLog log;
    private final FilteredRequest filtered;
    private boolean applied;
    private boolean refused;

    private MirrorContext(
            WorkerServices services,
            RouterOptions router,
            UpstreamFilters filters,
            RequestHead head,
            Cluster cluster) {
        this.worker = services.worker();
        this.router = router;
        this.filters = filters;
        this.head = head;
        this.filtered = new FilteredRequest(worker.stats(), this);
        filtered.begin(filters);
        info.begin(null, worker.wallMillis(), worker.now());
        info.setUpstreamCluster(cluster.name());
        this.log = router.upstreamLogs().isEmpty() ? null : new AttemptLog(services, this);
    }

    /** {@code null} where nobody asks for anything of it. */
    static @Nullable MirrorContext find(
            WorkerServices services, RouterOptions router, RequestHead head, Cluster cluster) {
        UpstreamFilters filters = services.upstreamFilters(cluster, router);
        return filters.isEmpty() && router.upstreamLogs().isEmpty()
                ? null
                : new MirrorContext(services, router, filters, head, cluster);
    }

    /** It goes to this host. */
    void onHost(Host host) {
        info.setUpstreamHost(host.addressText());
        info.setUpstreamHostName(host.hostname());
        info.setUpstreamMetadata(host.metadata());
        info.beginAttempt();
        if (log != null) {
            log.begin(router);
        }
    }

    /**
     * There is a connection; the filters come next, unless they had to do without one.
     *
     * @param bodyBytes of the request, so far
     */
    void onReady(UpstreamStream stream, BytesMeter bytes, long bodyBytes, boolean complete) {
        info.setUpstreamConnection(
                stream.localAddress(), stream.protocol(), stream.connectionId(), bytes);
        info.setConnectTimes(stream.connectTimes());
        applyFilters(bodyBytes, complete);
        if (log != null) {
            log.onPoolAnswer((worker.now() - info.startNanos()) / 1_000_000);
            log.onReady(stream);
        }
    }

    /** Whether a filter wants the copy not to be sent. */
    boolean isRefused() {
        return refused;
    }

    /** Whether nothing of the copy goes upstream before all of it is there. */
    boolean isHeld() {
        return filtered.isHeld();
    }

    /**
     * Once.
     *
     * @param bytes of the body, so far
     */
    void applyFilters(long bytes, boolean complete) {
        if (applied) {
            return;
        }
        applied = true;
        boolean bodyless = complete && bytes == 0 && head.isBodyless();
        refused = filtered.start(head, PerFilterConfigs.NONE, !bodyless) != null;
        if (!refused && isHeld() && (complete || bytes > 0)) {
            onHeldBody(bytes, complete);
        }
    }

    /**
     * A held copy has more of its body, to which trailers never belong.
     *
     * @param bytes of the body, so far
     */
    void onHeldBody(long bytes, boolean complete) {
        refused = filtered.onBody(bytes, complete, complete) != null;
    }

    /**
     * What is there of it is sent.
     *
     * @param bytes of the body, so far
     */
    void onSent(long bytes, boolean complete) {
        if (log != null) {
            log.onRequestSent(bytes, complete);
        }
    }

    void onRequestBody(long bytes, boolean complete) {
        if (log != null) {
            log.onRequestBody(bytes, complete);
        }
    }

    void onReset(StreamReset reason, String transportFailure) {
        if (log != null) {
            log.onReset(reason.flag(), transportFailure);
        }
    }

    void onResponseHead(ResponseHead response, boolean endStream) {
        filters.applyToResponse(response, this, PerFilterConfigs.NONE);
        if (log != null) {
            log.onResponseHead(response, endStream);
        }
    }

    void onResponseBody(int bytes, boolean endStream) {
        if (log != null) {
            log.onResponseBody(bytes, endStream);
        }
    }

    void onTrailers(HeaderBlock trailers) {
        if (log != null) {
            log.onTrailers(trailers);
        }
    }

    /** The copy is done with, however. */
    void end() {
        if (log != null) {
            log.end();
            log.dispose();
        }
    }

    @Override
    public RequestHead request() {
        return head;
    }

    /** What answers is thrown away. */
    @Override
    public @Nullable ResponseHead response() {
        return null;
    }

    @Override
    public StreamInfo info() {
        return info;
    }
}
