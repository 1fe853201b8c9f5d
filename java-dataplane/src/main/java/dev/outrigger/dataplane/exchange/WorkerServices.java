// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.AccessLogBuffers;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.UpstreamConnector;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.Map;
import java.util.WeakHashMap;

/** What the exchanges of one worker share. Confined to its event loop. */
public final class WorkerServices {
    private final WorkerContext worker;
    private final UpstreamConnector connector;
    private final AccessLogBuffers logs;
    private final FactoryContext filters;
    private final Timers.Timer logFlush;
    private final Map<Cluster, UpstreamFilters> upstreamFilters = new WeakHashMap<>();

    /**
     * @param filters what filters of clusters are compiled with
     */
    public WorkerServices(
            WorkerContext worker,
            UpstreamConnector connector,
            AccessLogBuffers logs,
            FactoryContext filters) {
        this.worker = worker;
        this.connector = connector;
        this.logs = logs;
        this.filters = filters;
        this.logFlush = worker.timers().timer(logs::flushByTimer);
    }

    public WorkerContext worker() {
        return worker;
    }

    public UpstreamConnector connector() {
        return connector;
    }

    /** The filters between a router and a cluster: the cluster's own, where it has some. */
    UpstreamFilters upstreamFilters(Cluster cluster, RouterOptions router) {
        var http = cluster.config().http();
        return http.hasFilters()
                ? upstreamFilters.computeIfAbsent(
                        cluster,
                        _ ->
                                UpstreamFilters.of(
                                        http.filters(),
                                        filters.withStatPrefix(cluster.stats().prefix())))
                : router.upstreamFilters();
    }

    /** Writes a line, soon. */
    public void log(AccessLog log, FormatContext context) {
        if (logs.log(log, context)) {
            logFlush.arm(worker.now(), logs.flushIntervalNanos());
        }
    }

    /** Hands over all lines; when the worker ends. */
    public void flushLogs() {
        logs.flush();
    }
}
