// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteActionConfig.MaxStreamDuration;
import dev.outrigger.dataplane.config.RouteActionConfig.Timeouts;
import java.time.Duration;
import java.util.Optional;

/**
 * A route's limits in nanoseconds (3.6): 0 for no limit, {@link #UNSET} where the route does not
 * say. Immutable.
 *
 * @param global the route timeout; 0 where {@code max_stream_duration} is present (U5)
 * @param idle overrides the stream idle timeout
 * @param maxGrpcTimeout {@code grpc-timeout} is the route timeout, up to this
 * @param grpcTimeoutOffset taken off {@code grpc-timeout}
 * @param maxStreamDuration of the downstream stream
 * @param grpcTimeoutHeaderMax {@code grpc-timeout} is the stream duration, up to this
 * @param grpcTimeoutHeaderOffset taken off it
 */
public record RouteTimeouts(
        long global,
        long idle,
        long maxGrpcTimeout,
        long grpcTimeoutOffset,
        long maxStreamDuration,
        long grpcTimeoutHeaderMax,
        long grpcTimeoutHeaderOffset) {
    public static final long UNSET = -1;

    static final RouteTimeouts NONE =
            new RouteTimeouts(0, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET);

    /** Whether the route has its own limit of the downstream stream. */
    public boolean limitsStream() {
        return maxStreamDuration >= 0 || grpcTimeoutHeaderMax >= 0;
    }

    static RouteTimeouts of(Timeouts config) {
        Optional<MaxStreamDuration> stream = config.maxStreamDuration();
        boolean legacy = stream.isEmpty();
        return new RouteTimeouts(
                legacy ? config.timeout().toNanos() : 0,
                nanos(config.idleTimeout()),
                legacy ? nanos(config.maxGrpcTimeout()) : UNSET,
                legacy ? nanos(config.grpcTimeoutOffset()) : UNSET,
                nanos(stream.flatMap(MaxStreamDuration::maxStreamDuration)),
                nanos(stream.flatMap(MaxStreamDuration::grpcTimeoutHeaderMax)),
                nanos(stream.flatMap(MaxStreamDuration::grpcTimeoutHeaderOffset)));
    }

    private static long nanos(Optional<Duration> duration) {
        return duration.map(Duration::toNanos).orElse(UNSET);
    }
}
