// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.time.Duration;

/** One thing the client of an exchange does; steps happen in order, on the latest connection. */
public sealed interface ClientStep {
    /** Opens a further connection; the first one is opened before the first step. */
    record Connect() implements ClientStep {}

    /**
     * Opens a connection that speaks HTTP/2; as the first step, in the place of the one that is
     * opened before it. Requests are written as those of HTTP/1 and told in frames, each on a
     * stream of its own.
     */
    record ConnectHttp2() implements ClientStep {}

    /** Resets the latest stream of an HTTP/2 connection with that error code. */
    record ResetStream(int code) implements ClientStep {}

    /** Writes the text as ISO-8859-1 bytes. */
    record Send(String text) implements ClientStep {}

    /** Waits until this many responses are complete on the connection, or it ended. */
    record AwaitResponses(int count) implements ClientStep {}

    /** Waits until the connection has ended. */
    record AwaitEnd() implements ClientStep {}

    /**
     * Waits until nothing more comes: this long after the latest byte, or twice that when none has
     * come since the latest send. For bytes of which nobody knows what they are answered with.
     */
    record AwaitQuiet(Duration duration) implements ClientStep {}

    /** Waits until this many attempts have arrived at the upstreams. */
    record AwaitAttempts(int count) implements ClientStep {}

    /** Waits until a statistic of the proxy's has the value, or at least that. */
    record AwaitStat(String name, long value, boolean atLeast) implements ClientStep {}

    /** Lets time pass. */
    record Pause(Duration duration) implements ClientStep {}

    /** Sends FIN and goes on reading. */
    record CloseWrite() implements ClientStep {}

    /** Closes the connection; what the proxy does to it later is not seen. */
    record Close() implements ClientStep {}

    /** Closes the connection with RST. */
    record Reset() implements ClientStep {}

    /** Asks the proxy's admin port. */
    record Admin(String method, String path) implements ClientStep {}

    /** Posts documents to the control plane and waits until the proxy has accepted them. */
    record Apply(String documents) implements ClientStep {}

    /** Deletes a document, as {@code trafficpolicies/x}, and waits likewise. */
    record Remove(String path) implements ClientStep {}
}
