// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.headermutation;

import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import java.util.ArrayList;
import java.util.List;

/** Changes headers and the query: first as the filter says, then as the route's levels say. */
final class HeaderMutationFilter implements HttpFilter {
    private final FilterCallbacks callbacks;
    private final CompiledMutations own;
    private final boolean mostSpecificWins;
    private final List<CompiledMutations> routes = new ArrayList<>(4);
    private boolean routesKnown;

    HeaderMutationFilter(
            FilterCallbacks callbacks, CompiledMutations own, boolean mostSpecificWins) {
        this.callbacks = callbacks;
        this.own = own;
        this.mostSpecificWins = mostSpecificWins;
    }

    @Override
    public void onDestroy() {
        routes.clear();
        routesKnown = false;
    }

    /** The last one wins: the least specific, unless the filter says otherwise. */
    private void findRoutes() {
        routesKnown = true;
        callbacks.forEachRouteConfig(config -> {
            if (mostSpecificWins) {
                routes.addLast((CompiledMutations) config);
            } else {
                routes.addFirst((CompiledMutations) config);
            }
        });
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        own.applyToRequest(head, callbacks.formatContext());
        findRoutes();
        for (CompiledMutations each : routes) {
            each.applyToRequest(head, callbacks.formatContext());
        }
        return HeadersStatus.CONTINUE;
    }

    @Override
    public HeadersStatus encodeHeaders(ResponseHead head, boolean endStream) {
        own.applyToResponse(head.headers(), callbacks.formatContext());
        if (!routesKnown) {
            findRoutes();
        }
        for (CompiledMutations each : routes) {
            each.applyToResponse(head.headers(), callbacks.formatContext());
        }
        return HeadersStatus.CONTINUE;
    }
}
