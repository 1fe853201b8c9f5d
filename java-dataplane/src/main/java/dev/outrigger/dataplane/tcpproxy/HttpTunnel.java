// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tcpproxy;

import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.ConnectTimes;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.upstream.ConnectionPool;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.PoolCallbacks;
import dev.outrigger.dataplane.upstream.TcpSessionUpstream;
import dev.outrigger.dataplane.upstream.TcpUpstream;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The upstream of a TCP session whose bytes go through a CONNECT, or a POST ({@code
 * tunneling_config}, TP3): open once the host has agreed. Follows {@code HttpUpstream} of Envoy's
 * {@code tcp_proxy/upstream.cc}. Confined to the worker's event loop.
 */
final class HttpTunnel
        implements TcpSessionUpstream, PoolCallbacks, ResponseReceiver, WorkerContext.Flushable {
    private static final int OK = 200;

    private final ConnectionPool pool;
    private final RequestHead request;
    private final WorkerContext worker;
    private final TcpUpstream.Owner owner;
    private final BytesMeter bytes = new BytesMeter();
    private @Nullable UpstreamStream stream;
    private boolean waiting;
    private boolean open;
    private boolean told;
    private boolean ended;
    private boolean paused;
    private boolean closing;
    private boolean dirty;

    HttpTunnel(
            ConnectionPool pool,
            RequestHead request,
            WorkerContext worker,
            TcpUpstream.Owner owner) {
        this.pool = pool;
        this.request = request;
        this.worker = worker;
        this.owner = owner;
    }

    /** The session counts what passes. */
    @Override
    public BytesMeter bytes() {
        return bytes;
    }

    /** What the client still sends goes on when the host has ended its side. */
    @Override
    public boolean outlivesResponse() {
        return true;
    }

    /** Asks for a stream; the owner may hear of a failure before this returns. */
    void start() {
        waiting = true;
        pool.newStream(this);
    }

    @Override
    public ResponseReceiver receiver() {
        return this;
    }

    @Override
    public void onPoolReady(UpstreamStream ready) {
        waiting = false;
        stream = ready;
        ready.sendHead(request, false);
    }

    @Override
    public void onPoolFailure(StreamReset reason, String transportFailure) {
        waiting = false;
        owner.onUpstreamConnectFailure(reason, transportFailure);
    }

    @Override
    public void onInformational(ResponseHead head) {
        // The answer is yet to come.
    }

    @Override
    public void onResponseHead(ResponseHead head, boolean endStream) {
        UpstreamStream current = stream;
        if (endStream || current == null || !agrees(current, head.status())) {
            fail("tunnel_response:" + head.status());
            return;
        }
        open = true;
        owner.onUpstreamConnected();
    }

    /** Over HTTP/2 nothing but 200 is a yes. */
    private static boolean agrees(UpstreamStream to, int status) {
        return to.protocol() == Protocol.HTTP_2 ? status == OK : status / 100 == 2;
    }

    private void fail(String why) {
        giveUp();
        owner.onUpstreamConnectFailure(StreamReset.REMOTE_CONNECTION_FAILURE, why);
    }

    private void giveUp() {
        UpstreamStream current = stream;
        stream = null;
        open = false;
        if (current != null) {
            current.cancel();
        } else if (waiting) {
            waiting = false;
            pool.cancel(this);
        }
    }

    @Override
    public void onResponseBody(ByteBuf data, boolean endStream) {
        if (data.isReadable()) {
            owner.onUpstreamData(data);
            markDirty();
        } else {
            data.release();
        }
        if (endStream) {
            onEnd();
        }
    }

    @Override
    public void onResponseTrailers(HeaderBlock trailers) {
        onEnd();
    }

    private void onEnd() {
        ended = true;
        UpstreamStream current = stream;
        if (told || current == null || current.protocol() != Protocol.HTTP_2) {
            stream = null;
        }
        owner.onUpstreamEnd();
    }

    @Override
    public void onUpstreamReset(StreamReset reason, String transportFailure) {
        boolean was = open;
        stream = null;
        open = false;
        if (was) {
            owner.onUpstreamClosed(reason == StreamReset.REMOTE_RESET);
        } else {
            fail("");
        }
    }

    @Override
    public void onUpstreamWritable(boolean writable) {
        if (open) {
            owner.onUpstreamWritable(writable);
        }
    }

    private void markDirty() {
        if (!dirty) {
            dirty = true;
            worker.markDirty(this);
        }
    }

    /** What was read goes on downstream, at the end of the event that brought it. */
    @Override
    public void flush() {
        if (dirty) {
            dirty = false;
            owner.onUpstreamReadComplete();
        }
        if (closing && stream != null) {
            closing = false;
            giveUp();
            owner.onUpstreamClosed(false);
        }
    }

    @Override
    public Host host() {
        return pool.host();
    }

    @Override
    public String localAddress() {
        UpstreamStream current = stream;
        return current == null ? "" : current.localAddress();
    }

    @Override
    public long connectionId() {
        UpstreamStream current = stream;
        return current == null ? 0 : current.connectionId();
    }

    /** What is made for the session is a stream; its connection may be older. */
    @Override
    public @Nullable ConnectTimes connectTimes() {
        return null;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isWritable() {
        UpstreamStream current = stream;
        return current == null || current.isWritable();
    }

    /** What waits in the host's connection is not this session's alone. */
    @Override
    public long pendingBytes() {
        return 0;
    }

    @Override
    public void write(ByteBuf data) {
        UpstreamStream current = stream;
        if (current == null || told) {
            data.release();
        } else {
            current.sendBody(data, false);
        }
    }

    @Override
    public void end(Runnable done) {
        UpstreamStream current = stream;
        if (current != null && !told) {
            told = true;
            current.sendBody(Unpooled.EMPTY_BUFFER, true);
            if (ended) {
                stream = null;
            } else if (current.protocol() != Protocol.HTTP_2) {
                // HTTP/1 has no half of a tunnel: all of it ends.
                closing = true;
                markDirty();
            }
        }
        done.run();
    }

    @Override
    public boolean readDisable(boolean disable) {
        UpstreamStream current = stream;
        if (current == null || paused == disable) {
            return false;
        }
        paused = disable;
        current.readDisable(disable);
        return true;
    }

    @Override
    public void cancel() {
        giveUp();
    }

    /** A host that has ended its side hears that ours has ended too; any other is reset. */
    @Override
    public void closeNow() {
        if (ended) {
            end(() -> {});
            open = false;
        } else {
            giveUp();
        }
    }

    @Override
    public void abort() {
        giveUp();
    }

    @Override
    public void closeAfterFlush() {
        giveUp();
        owner.onUpstreamClosed(false);
    }

    @Override
    public void closeEnded() {
        if (!ended) {
            giveUp();
        }
        open = false;
    }
}
