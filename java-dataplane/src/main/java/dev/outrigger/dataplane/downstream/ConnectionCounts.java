// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.WorkerContext;

/** What one downstream connection adds to its manager's stats. Confined to its event loop. */
final class ConnectionCounts {
    private final WorkerContext worker;
    private final StatsShard shard;
    private final HcmStats stats;
    private boolean http2;
    private boolean secured;
    private boolean spoke;
    private boolean requestsCounted;
    private boolean closedLocally;
    private long openedNanos;
    private long bytesReceived;

    /** Envoy counts what the last read brought as buffered until the next read. */
    private int lastReceived;

    ConnectionCounts(WorkerContext worker, HcmStats stats) {
        this.worker = worker;
        this.shard = worker.stats();
        this.stats = stats;
    }

    /**
     * @param tls whether it is to be secured
     */
    void opened(boolean tls) {
        secured = tls;
        if (tls) {
            shard.inc(stats.cxSslTotal);
            shard.inc(stats.cxSslActive);
        }
        openedNanos = worker.now();
        shard.inc(stats.cxTotal);
        shard.inc(stats.cxActive);
    }

    /** The connection speaks HTTP/2; known before its first bytes are counted. */
    void setHttp2() {
        http2 = true;
    }

    void received(int bytes) {
        receivedUnread(bytes);
        if (!spoke) {
            // Envoy makes the codec, and counts it, when the first bytes come.
            spoke = true;
            shard.inc(http2 ? stats.cxHttp2Total : stats.cxHttp1Total);
            shard.inc(http2 ? stats.cxHttp2Active : stats.cxHttp1Active);
        }
    }

    /** Bytes that no codec sees. */
    void receivedUnread(int bytes) {
        if (bytes != lastReceived) {
            shard.add(stats.cxRxBytesBuffered, bytes - lastReceived);
            lastReceived = bytes;
        }
        shard.add(stats.cxRxBytes, bytes);
        bytesReceived += bytes;
    }

    /** Whether the client has sent anything. */
    boolean hasSpoken() {
        return spoke;
    }

    long bytesReceived() {
        return bytesReceived;
    }

    /** The connection is being ended while it has requests, whoever closes it then. */
    void closedWithRequests() {
        requestsCounted = true;
        shard.inc(stats.cxDestroyActiveRq);
        shard.inc(stats.cxDestroyLocalActiveRq);
    }

    /** The close that is about to come is ours. */
    void closedLocally() {
        closedLocally = true;
    }

    /**
     * The connection is gone.
     *
     * @return how long it lived, in milliseconds
     */
    long closed(boolean activeRequest) {
        shard.inc(stats.cxDestroy);
        shard.inc(closedLocally ? stats.cxDestroyLocal : stats.cxDestroyRemote);
        if (activeRequest && !requestsCounted) {
            shard.inc(stats.cxDestroyActiveRq);
            shard.inc(closedLocally ? stats.cxDestroyLocalActiveRq : stats.cxDestroyRemoteActiveRq);
        }
        shard.dec(stats.cxActive);
        if (secured) {
            shard.dec(stats.cxSslActive);
        }
        shard.add(stats.cxRxBytesBuffered, -lastReceived);
        if (spoke) {
            shard.dec(http2 ? stats.cxHttp2Active : stats.cxHttp1Active);
        }
        long lengthMillis = (worker.now() - openedNanos) / 1_000_000;
        shard.record(stats.cxLengthMs, lengthMillis);
        return lengthMillis;
    }
}
