// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.listenerfilter.ListenerFilters;
import java.util.List;

/**
 * What one version of a listener says besides its filter chains, and how far the drain of that
 * version is. Kept while only filter chains change.
 *
 * @param name empty where the listener has none
 * @param drainsOnHealthCheckFail whether every response ends its connection while health checks of
 *     this proxy are made to fail
 * @param accessLogs written when a connection ends
 * @param handsOff whether a connection goes to the listener at the address it was meant for
 */
record ListenerVersion(
        String name,
        boolean drainsOnHealthCheckFail,
        List<AccessLog> accessLogs,
        ListenerFilters filters,
        boolean handsOff,
        DrainState drain) {
    ListenerVersion {
        accessLogs = List.copyOf(accessLogs);
    }

    /** The same version, whose filters are known better. */
    ListenerVersion with(ListenerFilters other) {
        return new ListenerVersion(
                name, drainsOnHealthCheckFail, accessLogs, other, handsOff, drain);
    }
}
