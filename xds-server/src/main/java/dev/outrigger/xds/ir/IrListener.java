// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

import dev.outrigger.policy.kind.sidecar.AccessLog;
import dev.outrigger.policy.kind.sidecar.SidecarSpec.UnknownHosts;
import java.util.List;
import java.util.Optional;

/**
 * A listener of a sidecar. A client without a proxy has none: its listeners are named after the
 * services' host names.
 */
public sealed interface IrListener {
    String name();

    List<AccessLog> accessLogs();

    /** Connections accepted at a time; empty if there is no limit. */
    Optional<Integer> maxConnections();

    /** In front of the application; everything goes to it. */
    record Inbound(
            String name,
            String address,
            int port,
            List<AccessLog> accessLogs,
            Optional<Integer> maxConnections)
            implements IrListener {
        public Inbound {
            accessLogs = List.copyOf(accessLogs);
        }
    }

    /**
     * In front of everybody the application calls.
     *
     * @param unknownHosts what becomes of requests for hosts that no service has
     */
    record Outbound(
            String name,
            String address,
            int port,
            List<AccessLog> accessLogs,
            Optional<Integer> maxConnections,
            UnknownHosts unknownHosts)
            implements IrListener {
        public Outbound {
            accessLogs = List.copyOf(accessLogs);
        }
    }
}
