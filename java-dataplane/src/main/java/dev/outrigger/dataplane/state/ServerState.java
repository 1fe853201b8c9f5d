// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

/** The server's life as {@code /ready} and {@code server.state} tell it. */
public enum ServerState {
    LIVE(0),
    DRAINING(1),
    PRE_INITIALIZING(2),
    INITIALIZING(3);

    private final int gauge;

    ServerState(int gauge) {
        this.gauge = gauge;
    }

    /** The value of {@code server.state}. */
    public int gauge() {
        return gauge;
    }
}
