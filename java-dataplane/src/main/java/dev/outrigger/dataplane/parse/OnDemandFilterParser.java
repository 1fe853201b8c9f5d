// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.filter.ondemand.OnDemandConfig;
import io.envoyproxy.envoy.extensions.filters.http.on_demand.v3.OnDemand;
import io.envoyproxy.envoy.extensions.filters.http.on_demand.v3.PerRouteConfig;

/** {@code envoy.filters.http.on_demand}; clusters on demand are refused. */
final class OnDemandFilterParser {
    static final HttpFilterType TYPE =
            HttpFilterType.of(
                            "envoy.filters.http.on_demand",
                            OnDemand.class,
                            SupportedFields.of(OnDemand.class),
                            (_, _, _) -> new OnDemandConfig())
                    .withRoute(
                            PerRouteConfig.class,
                            SupportedFields.of(PerRouteConfig.class),
                            (_, _, _) -> new OnDemandConfig.Route());

    private OnDemandFilterParser() {}
}
