// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.exchange.HttpConnectionManager;
import dev.outrigger.dataplane.tcpproxy.TcpProxy;
import dev.outrigger.dataplane.upstream.Cluster;
import java.util.Map;

/** What the last network filter of a chain does with a connection, compiled. Immutable. */
sealed interface NetworkFilter {
    /** Its routes and clusters are those of one moment. */
    record Http(HttpConnectionManager manager) implements NetworkFilter {}

    /** Its clusters are those of one moment. */
    record Tcp(TcpProxy proxy, Map<String, Cluster> clusters) implements NetworkFilter {}

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
