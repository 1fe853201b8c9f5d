// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

/**
 * When a connection to a host was made, which may be long before a request that goes over it.
 * Monotonic nanoseconds; -1 for what has not happened.
 *
 * @param begun when the connection was asked for
 * @param connected when it was there
 * @param secured when the handshake upon it was over
 */
public record ConnectTimes(long begun, long connected, long secured) {
    /** Of a connection that has just come into use. */
    public static ConnectTimes of(long begun, long now, long handshakeNanos) {
        return handshakeNanos < 0
                ? new ConnectTimes(begun, now, -1)
                : new ConnectTimes(begun, now - handshakeNanos, now);
    }
}
