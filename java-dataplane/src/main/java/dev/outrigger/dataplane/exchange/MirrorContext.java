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
        applyFilters();
        if (log != null) {
            log.onPoolAnswer((worker.now() - info.startNanos()) / 1_000_000);
            log.onReady(stream, bodyBytes, complete);
        }
    }

    /** Whether a filter wants the copy not to be sent. */
    boolean isRefused() {
        return refused;
    }

    /** Once. */
    void applyFilters() {
        if (!applied) {
            applied = true;
            refused =
                    filters.applyToRequest(head, this, PerFilterConfigs.NONE, worker.stats())
                            != null;
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
