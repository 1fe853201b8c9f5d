// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ProxyProtocolConfig;
import dev.outrigger.dataplane.message.ConnectTimes;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One attempt whose upstream is no HTTP but a TCP connection of its own: the CONNECT ends here, the
 * answer is made up, and bodies are what passes (W4). Follows {@code
 * extensions/upstreams/http/tcp/upstream_request.cc} of Envoy. Confined to the worker's event loop.
 */
public final class TcpTunnel
        implements StreamSource, UpstreamStream, TcpUpstream.Owner, WorkerContext.Flushable {
    private static final int OK = 200;

    private final Host host;
    private final WorkerContext worker;
    private final UpstreamConnector connector;
    private final boolean highPriority;
    private final @Nullable ConnectionInfo client;
    private final @Nullable ProxyProtocolConfig proxyProtocol;
    private final ResponseHead answer = new ResponseHead();
    private @Nullable TcpUpstream connection;
    private @Nullable PoolCallbacks waiting;
    private @Nullable ResponseReceiver receiver;
    private boolean requestEnded;
    private boolean dirty;

    /**
     * @param client the connection it is made for; {@code null} for none
     * @param proxyProtocol how the host is told of the client; {@code null} where it is not
     */
    public TcpTunnel(
            Host host,
            WorkerContext worker,
            UpstreamConnector connector,
            boolean highPriority,
            @Nullable ConnectionInfo client,
            @Nullable ProxyProtocolConfig proxyProtocol) {
        this.host = host;
        this.worker = worker;
        this.connector = connector;
        this.highPriority = highPriority;
        this.client = client;
        this.proxyProtocol = proxyProtocol;
    }

    @Override
    public Host host() {
        return host;
    }

    @Override
    public void newStream(PoolCallbacks callbacks) {
        if (!TcpUpstream.admits(host.cluster(), worker, highPriority)) {
            callbacks.onPoolFailure(StreamReset.OVERFLOW, "", false);
            return;
        }
        waiting = callbacks;
        connection = TcpUpstream.connect(host, worker, connector, highPriority, client, this);
    }

    @Override
    public void cancel(PoolCallbacks callbacks) {
        // Made for one attempt: nobody else can have asked.
        if (waiting != null) {
            waiting = null;
            connection().cancel();
        }
    }

    private TcpUpstream connection() {
        if (connection == null) {
            throw new IllegalStateException("not asked for");
        }
        return connection;
    }

    @Override
    public void onUpstreamConnected() {
        PoolCallbacks asked = waiting;
        if (asked != null) {
            waiting = null;
            receiver = asked.receiver();
            asked.onPoolReady(this);
        }
    }

    @Override
    public void onUpstreamConnectFailure(StreamReset reason, String transportFailure) {
        PoolCallbacks asked = waiting;
        if (asked != null) {
            waiting = null;
            asked.onPoolFailure(reason, transportFailure, reason != StreamReset.OVERFLOW);
        }
    }

    @Override
    public @Nullable Protocol protocol() {
        return null;
    }

    @Override
    public String localAddress() {
        return connection().localAddress();
    }

    @Override
    public long connectionId() {
        return connection().connectionId();
    }

    @Override
    public ConnectTimes connectTimes() {
        return connection().connectTimes();
    }

    /** Nothing of the head goes to the host; that it is connected is the answer. */
    @Override
    public void sendHead(RequestHead head, boolean endStream) {
        if (proxyProtocol != null) {
            connection().tellOf(client, proxyProtocol);
            markDirty();
        }
        if (endStream) {
            endRequest();
        }
        ResponseReceiver to = receiver;
        if (to != null) {
            answer.reset();
            answer.setStatus(OK);
            to.onResponseHead(answer, false);
        }
    }

    @Override
    public void sendBody(ByteBuf data, boolean endStream) {
        ResponseReceiver to = receiver;
        if (to == null || !connection().isOpen()) {
            data.release();
            return;
        }
        if (data.isReadable()) {
            to.bytes().sent(data.readableBytes());
            connection().write(data);
            markDirty();
        } else {
            data.release();
        }
        if (endStream) {
            endRequest();
        } else if (!isWritable()) {
            to.onUpstreamWritable(false);
        }
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        endRequest();
    }

    private void endRequest() {
        requestEnded = true;
        if (connection().isOpen()) {
            connection().end(() -> {});
        }
    }

    private void markDirty() {
        if (!dirty) {
            dirty = true;
            worker.markDirty(this);
        }
    }

    @Override
    public void flush() {
        dirty = false;
        if (connection().isOpen()) {
            connection().flush();
        }
    }

    @Override
    public void cancel() {
        if (receiver != null) {
            receiver = null;
            connection().closeNow();
        }
    }

    @Override
    public void readDisable(boolean disable) {
        if (connection().isOpen()) {
            connection().readDisable(disable);
        }
    }

    @Override
    public boolean isWritable() {
        return requestEnded || connection().isWritable();
    }

    @Override
    public void onUpstreamData(ByteBuf data) {
        ResponseReceiver to = receiver;
        if (to == null) {
            data.release();
        } else {
            to.bytes().received(data.readableBytes());
            to.onResponseBody(data, false);
        }
    }

    @Override
    public void onUpstreamReadComplete() {
        // What was read has gone downstream, and is flushed with all else.
    }

    /** The host's end of the connection is the answer's; ours ends with it. */
    @Override
    public void onUpstreamEnd() {
        ResponseReceiver to = receiver;
        if (to != null) {
            receiver = null;
            to.onResponseBody(Unpooled.EMPTY_BUFFER, true);
            if (requestEnded) {
                connection().closeUnused();
            } else {
                connection().closeNow();
            }
        }
    }

    @Override
    public void onUpstreamWritable(boolean writable) {
        ResponseReceiver to = receiver;
        if (to != null && !requestEnded) {
            to.onUpstreamWritable(writable);
        }
    }

    @Override
    public void onUpstreamClosed(boolean reset) {
        ResponseReceiver to = receiver;
        if (to != null) {
            receiver = null;
            to.onUpstreamReset(StreamReset.CONNECTION_TERMINATION, "");
        }
    }
}
