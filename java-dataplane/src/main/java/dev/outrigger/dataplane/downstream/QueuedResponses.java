// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

/**
 * How many responses of a connection wait to be written, which Envoy bounds ({@code
 * ServerConnectionImpl::doFloodProtectionChecks}): a client that pipelines requests which are
 * answered on the spot is cut off at the third.
 *
 * <p>Envoy marks a response's end in its output buffer and counts it off when the mark has been
 * written. A mark behind which nothing else was written in the same call stays where it is until
 * there is more output; that is part of what is seen, so it is followed here. Confined to the
 * connection's event loop.
 */
final class QueuedResponses {
    private static final int MAX = 2;

    private int waiting;
    private boolean held;

    /** Bytes were handed over to be written; a mark that was held goes with them. */
    void onOutput() {
        if (held) {
            held = false;
            waiting++;
        }
    }

    /**
     * A response has ended.
     *
     * @param withBytes whether its last call had any bytes to write
     */
    void onEnd(boolean withBytes) {
        if (withBytes) {
            onOutput();
            waiting++;
        } else {
            held = true;
        }
    }

    /** All that was handed over has been written. */
    void onFlush() {
        waiting = 0;
    }

    /** Whether one more request would be too many. */
    boolean isFull() {
        return waiting + (held ? 1 : 0) >= MAX;
    }
}
