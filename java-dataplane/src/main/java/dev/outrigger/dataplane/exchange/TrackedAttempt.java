// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.TrackedClusterStats;

/**
 * What one attempt took and moved, for clusters that track it. Made only for those. Confined to its
 * event loop.
 */
final class TrackedAttempt {
    private static final int STATUS_BYTES = ":status".length() + "200".length();

    private final TrackedClusterStats stats;
    private final long startNanos;
    private long responseHeaderBytes = -1;
    private int responseHeaders;
    private long responseBody;

    TrackedAttempt(TrackedClusterStats stats, long startNanos) {
        this.stats = stats;
        this.startNanos = startNanos;
    }

    void onResponseHead(ResponseHead head) {
        HeaderBlock headers = head.headers();
        responseHeaders = headers.count() + 1;
        responseHeaderBytes = headers.byteSize() + STATUS_BYTES;
    }

    void onResponseBody(int length) {
        responseBody += length;
    }

    /** The attempt is over, however. */
    void end(StatsShard shard, RequestHead request, long sentBody, long now, long perTryNanos) {
        stats.recordPerTryBudget(shard, now - startNanos, perTryNanos);
        stats.recordRequest(shard, request.headerBytes(), request.headers().count() + 3, sentBody);
        if (responseHeaderBytes >= 0) {
            stats.recordResponse(shard, responseHeaderBytes, responseHeaders, responseBody);
        }
    }
}
