// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.listenerfilter.AcceptedSocket;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.tcpproxy.TcpProxy;
import dev.outrigger.dataplane.tcpproxy.TcpSession;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.channel.ChannelHandler;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An accepted connection of a chain that ends in a TCP proxy. Confined to its event loop. */
final class TcpServerConnection implements ServerConnection, TcpSession.Owner {
    private final WorkerChain chain;
    private final @Nullable ConnectionLog log;
    private final TcpSession session;

    TcpServerConnection(
            WorkerChain chain,
            TcpProxy proxy,
            AcceptedSocket socket,
            ConnectionInfo connection,
            @Nullable ConnectionLog log) {
        this.chain = chain;
        this.log = log;
        StreamInfo info = streamInfo(connection, chain, log);
        for (AcceptedSocket.Metadata each : socket.metadata()) {
            info.dynamicMetadata()
                    .merge(
                            each.namespace(),
                            new MetadataValue.Struct(
                                    Map.of(each.key(), new MetadataValue.Text(each.value()))));
        }
        this.session = new TcpSession(proxy, this, chain.services(), info);
    }

    /** A connection without requests is its own stream: the listener's logs tell of the same. */
    private static StreamInfo streamInfo(
            ConnectionInfo connection, WorkerChain chain, @Nullable ConnectionLog log) {
        if (log != null) {
            log.info().setProtocol(null);
            return log.info();
        }
        WorkerContext worker = chain.services().worker();
        var info = new StreamInfo();
        info.begin(connection, worker.wallMillis(), worker.now());
        info.setProtocol(null);
        return info;
    }

    ChannelHandler handler() {
        return session.downstream();
    }

    /** Likewise for a connection that is only to be closed, after so long. */
    ChannelHandler refused(long delayNanos) {
        return session.refuse(delayNanos);
    }

    @Override
    public Map<String, Cluster> clusters() {
        return chain.clusters();
    }

    @Override
    public void opened(TcpSession opened) {
        chain.opened(this);
    }

    @Override
    public void closed(TcpSession gone, long lengthMillis) {
        chain.closed(this, lengthMillis);
        if (log != null) {
            log.end(null, 0, 0);
        }
    }

    @Override
    public void closeNow(CloseReason reason) {
        session.closeNow();
    }
}
