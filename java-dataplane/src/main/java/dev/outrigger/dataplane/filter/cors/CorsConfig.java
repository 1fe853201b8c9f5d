// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.cors;

import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;

/** {@code envoy.extensions.filters.http.cors.v3.Cors}: all is said by routes. */
public record CorsConfig() implements FilterConfig {
    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        var stats =
                new CorsFilter.Stats(
                        context.stats().counter(context.statPrefix() + "cors.origin_valid"),
                        context.stats().counter(context.statPrefix() + "cors.origin_invalid"));
        return callbacks -> new CorsFilter(callbacks, stats);
    }
}
