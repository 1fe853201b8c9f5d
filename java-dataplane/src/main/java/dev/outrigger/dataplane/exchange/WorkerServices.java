// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.AccessLogBuffers;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.upstream.UpstreamConnector;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;

/** What the exchanges of one worker share. Confined to its event loop. */
public final class WorkerServices {
    private final WorkerContext worker;
    private final UpstreamConnector connector;
    private final AccessLogBuffers logs;
    private final Timers.Timer logFlush;

    public WorkerServices(
            WorkerContext worker, UpstreamConnector connector, AccessLogBuffers logs) {
        this.worker = worker;
        this.connector = connector;
        this.logs = logs;
        this.logFlush = worker.timers().timer(logs::flushByTimer);
    }

    public WorkerContext worker() {
        return worker;
    }

    public UpstreamConnector connector() {
        return connector;
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
