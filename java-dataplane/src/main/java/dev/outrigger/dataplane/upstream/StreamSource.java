// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

/**
 * Where an attempt gets its stream from: a pool of HTTP connections, or a TCP connection made for
 * it. Confined to the worker's event loop.
 */
public interface StreamSource {
    /** The host at its other end. */
    Host host();

    /** Asks for a stream; the answer may come before this returns. */
    void newStream(PoolCallbacks callbacks);

    /** Withdraws a request that still waits. */
    void cancel(PoolCallbacks callbacks);
}
