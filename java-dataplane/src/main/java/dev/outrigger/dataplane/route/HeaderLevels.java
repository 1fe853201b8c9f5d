// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The header edits of a route and of the levels above it, in the order in which they apply (D1):
 * the most specific first, unless the route table says otherwise.
 */
record HeaderLevels(RouteConfig route, VirtualHostConfig host, RouteTable table) {
    HeaderEditor request() {
        return editor(
                HeaderEdits.NONE,
                route.requestHeaders(),
                host.requestHeaders(),
                table.requestHeaders());
    }

    HeaderEditor response(HeaderEdits cluster) {
        return editor(
                cluster, route.responseHeaders(), host.responseHeaders(), table.responseHeaders());
    }

    private HeaderEditor editor(
            HeaderEdits cluster, HeaderEdits route, HeaderEdits host, HeaderEdits table) {
        List<HeaderEdits> levels = List.of(route, host, table);
        var ordered = new ArrayList<HeaderEdits>();
        // Envoy applies those of a weighted cluster first whatever the table says.
        ordered.add(cluster);
        ordered.addAll(this.table.mostSpecificHeaderMutationsWins() ? levels.reversed() : levels);
        return HeaderEditor.of(ordered);
    }
}
