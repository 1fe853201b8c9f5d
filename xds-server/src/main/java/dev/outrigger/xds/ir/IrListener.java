// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

import dev.outrigger.policy.kind.sidecar.AccessLog;
import java.util.List;

/**
 * A listener of a sidecar. A client without a proxy has none: its listeners are named after the
 * services' host names.
 */
public sealed interface IrListener {
    String name();

    List<AccessLog> accessLogs();

    /** In front of the application; everything goes to it. */
    record Inbound(String name, String address, int port, List<AccessLog> accessLogs)
            implements IrListener {
        public Inbound {
            accessLogs = List.copyOf(accessLogs);
        }
    }

    /** In front of everybody the application calls. */
    record Outbound(String name, String address, int port, List<AccessLog> accessLogs)
            implements IrListener {
        public Outbound {
            accessLogs = List.copyOf(accessLogs);
        }
    }
}
