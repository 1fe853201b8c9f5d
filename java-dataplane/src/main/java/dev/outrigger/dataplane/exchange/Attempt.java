// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReceiver;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.message.UpstreamStream;
import dev.outrigger.dataplane.upstream.ConnectionPool;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.OutlierMonitor.Result;
import dev.outrigger.dataplane.upstream.PoolCallbacks;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One try on one host: from asking its pool for a stream to the end of that stream. Reused for the
 * next try; whoever calls back late finds it empty. Confined to its event loop.
 */
final class Attempt implements PoolCallbacks, ResponseReceiver {
    private static final int GATEWAY_TIMEOUT = 504;

    private final WorkerContext worker;
    private final Router router;
    private @Nullable ConnectionPool pool;
    private @Nullable UpstreamStream stream;
    private boolean waiting;
    private boolean hostKnown = true;

    Attempt(WorkerContext worker, Router router) {
        this.worker = worker;
        this.router = router;
    }

    void start(ConnectionPool from) {
        pool = from;
        stream = null;
        waiting = true;
        hostKnown = true;
        from.newStream(this);
    }

    @Nullable UpstreamStream stream() {
        return stream;
    }

    /** Whether the host took part, as far as logs are concerned. */
    boolean isHostKnown() {
        return hostKnown;
    }

    @Nullable Host host() {
        return pool == null ? null : pool.host();
    }

    void countResult(boolean success) {
        if (pool != null) {
            pool.host().countResult(worker.index(), success);
        }
    }

    void countTimeout() {
        if (pool != null) {
            pool.host().countTimeout(worker.index());
            pool.host().putResult(Result.LOCAL_ORIGIN_TIMEOUT, GATEWAY_TIMEOUT);
        }
    }

    /** Gives the try up, wherever it stands; nothing is called back. */
    void cancel() {
        UpstreamStream current = stream;
        ConnectionPool from = pool;
        stream = null;
        pool = null;
        if (current != null) {
            current.cancel();
        } else if (waiting && from != null) {
            from.cancel(this);
        }
        waiting = false;
    }

    @Override
    public ResponseReceiver receiver() {
        return this;
    }

    @Override
    public void onPoolReady(UpstreamStream ready) {
        waiting = false;
        stream = ready;
        ConnectionPool from = pool;
        if (from != null) {
            from.host().putResult(Result.LOCAL_ORIGIN_CONNECT_SUCCESS, 0);
            router.onReady(ready, from.host());
        }
    }

    @Override
    public void onPoolFailure(StreamReset reason, String transportFailure) {
        onPoolFailure(reason, transportFailure, true);
    }

    @Override
    public void onPoolFailure(StreamReset reason, String transportFailure, boolean hostKnown) {
        waiting = false;
        if (reason != StreamReset.OVERFLOW) {
            // An overflow says nothing of the host (CB6).
            putFailure();
        }
        this.hostKnown = hostKnown;
        router.onReset(reason, transportFailure, false);
    }

    private void putFailure() {
        if (pool != null) {
            pool.host().putResult(Result.LOCAL_ORIGIN_CONNECT_FAILED, 0);
        }
    }

    @Override
    public void onInformational(ResponseHead head) {
        router.onInformational(head);
    }

    @Override
    public void onResponseHead(ResponseHead head, boolean endStream) {
        if (endStream) {
            stream = null;
        }
        if (pool != null) {
            Host host = pool.host();
            host.putHttpResponseCode(head.status());
            if (head.headers().has(KnownHeader.ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL)) {
                host.failHealthCheckImmediately();
            }
        }
        router.onResponseHead(head, endStream);
    }

    @Override
    public void onResponseBody(ByteBuf data, boolean endStream) {
        if (endStream) {
            stream = null;
        }
        router.onResponseBody(data, endStream);
    }

    @Override
    public void onUpstreamReset(StreamReset reason, String transportFailure) {
        stream = null;
        putFailure();
        router.onReset(reason, transportFailure, true);
    }

    @Override
    public void onUpstreamWritable(boolean writable) {
        router.onUpstreamWritable(writable);
    }
}
