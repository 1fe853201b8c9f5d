// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.GrpcTimeout;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.route.RouteTimeouts;

/** {@code max_stream_duration} of a route: how long the downstream stream may last (U5). */
final class StreamDuration {
    private static final long NANOS = 1_000_000;

    /** Nothing is left: the exchange ends as soon as timers do. */
    private static final long AT_ONCE = 1;

    private StreamDuration() {}

    /** The limit in nanoseconds, 0 for none; a gRPC upstream is told. */
    static long limit(
            RouteTimeouts route, RequestHead head, HttpConnectionManager.Settings settings) {
        long asked = GrpcTimeout.millis(head.headers());
        long limit;
        if (asked >= 0 && route.grpcTimeoutHeaderMax() >= 0) {
            limit = asked * NANOS;
            long max = route.grpcTimeoutHeaderMax();
            if (max > 0 && limit > max) {
                limit = max;
            }
            long offset = route.grpcTimeoutHeaderOffset();
            if (limit > 0 && offset >= 0) {
                limit = offset < limit ? limit - offset : 0;
            }
            limit = Math.max(limit, AT_ONCE);
        } else if (route.maxStreamDuration() >= 0) {
            limit = route.maxStreamDuration();
        } else {
            limit = settings.maxStreamDurationNanos;
        }
        if (limit > 0 && head.isGrpc()) {
            GrpcTimeout.set(head.headers(), limit / NANOS);
        }
        return limit;
    }
}
