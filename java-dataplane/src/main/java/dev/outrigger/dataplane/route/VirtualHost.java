// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.message.RequestHead;
import org.jspecify.annotations.Nullable;

/** A virtual host compiled. Immutable. */
public final class VirtualHost {
    private final String name;
    private final Route[] routes;
    private final boolean requestAttemptCount;
    private final boolean attemptCountInResponse;
    private final boolean isTimeoutRetryHeader;

    VirtualHost(
            VirtualHostConfig config,
            RouteTable table,
            PerFilterConfigs.Level tableFilters,
            PerFilterConfigs.Compiler compiler) {
        name = config.name();
        requestAttemptCount = config.includeRequestAttemptCount();
        attemptCountInResponse = config.includeAttemptCountInResponse();
        isTimeoutRetryHeader = config.includeIsTimeoutRetryHeader();
        var filters =
                Route.Filters.of(
                        tableFilters,
                        new PerFilterConfigs.Level(config.perFilterConfigs(), compiler),
                        compiler);
        routes =
                config.routes().stream()
                        .map(route -> new Route(route, this, config, table, filters))
                        .toArray(Route[]::new);
    }

    /** The first route that matches whole (M1). */
    @Nullable Route find(RequestHead head) {
        int length = head.pathLengthWithoutQuery();
        for (Route route : routes) {
            if (route.matches(head, length)) {
                return route;
            }
        }
        return null;
    }

    public String name() {
        return name;
    }

    public boolean includeRequestAttemptCount() {
        return requestAttemptCount;
    }

    public boolean includeAttemptCountInResponse() {
        return attemptCountInResponse;
    }

    public boolean includeIsTimeoutRetryHeader() {
        return isTimeoutRetryHeader;
    }
}
