// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.exchange.HttpConnectionManager;

/** What the last network filter of a chain does with a connection, compiled. Immutable. */
sealed interface NetworkFilter {
    /** Its routes and clusters are those of one moment. */
    record Http(HttpConnectionManager manager) implements NetworkFilter {}

    /** What needs no more than the connection itself. */
    sealed interface Plain extends NetworkFilter {}

    /**
     * @param response Latin-1: a character is a byte
     */
    record DirectResponse(String response) implements Plain {}

    record Echo() implements Plain {}

    /** Connections are closed. */
    record None() implements Plain {}
}
