// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.exchange.WorkerServices;
import dev.outrigger.dataplane.message.AccessLogType;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a listener's own access logs tell of one connection when it ends: the connection itself, and
 * nothing of the requests on it. Confined to its event loop.
 */
final class ConnectionLog implements FormatContext {
    private final WorkerServices services;
    private final List<AccessLog> logs;
    private final StreamInfo info = new StreamInfo();

    ConnectionLog(WorkerServices services, List<AccessLog> logs) {
        this.services = services;
        this.logs = logs;
    }

    /** The connection was accepted. */
    void begin(ConnectionInfo connection) {
        info.begin(connection, services.worker().wallMillis(), services.worker().now());
        info.setLogType(AccessLogType.NOT_SET);
    }

    /** Its TLS begins. */
    void secured(ConnectionInfo connection) {
        info.setConnection(connection);
    }

    /**
     * The connection is gone.
     *
     * @param protocol {@code null} for a client that has sent nothing, so that nobody knows
     */
    void end(@Nullable Protocol protocol, long bytesReceived, long bytesSent) {
        info.setEndNanos(services.worker().now());
        info.setProtocol(protocol);
        info.addBytesReceived(bytesReceived);
        info.addBytesSent(bytesSent);
        for (AccessLog log : logs) {
            services.log(log, this);
        }
    }

    @Override
    public @Nullable RequestHead request() {
        return null;
    }

    @Override
    public @Nullable ResponseHead response() {
        return null;
    }

    @Override
    public StreamInfo info() {
        return info;
    }
}
