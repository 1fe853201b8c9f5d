// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.ondemand;

import dev.outrigger.dataplane.config.RouteFilterConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;

/** {@code envoy.extensions.filters.http.on_demand.v3.OnDemand}, without clusters on demand. */
public record OnDemandConfig() implements FilterConfig {
    /** What a route says: nothing that is obeyed, because a request that has one need not wait. */
    public record Route() implements RouteFilterConfig {}

    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        return callbacks -> new OnDemandFilter(callbacks, context.onDemandRoutes());
    }
}
