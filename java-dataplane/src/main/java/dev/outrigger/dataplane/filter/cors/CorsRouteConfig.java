// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.cors;

import dev.outrigger.dataplane.config.CorsPolicyConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.RouteConfigCompiler;
import dev.outrigger.dataplane.route.CorsPolicy;

/** {@code envoy.extensions.filters.http.cors.v3.CorsPolicy}. */
public record CorsRouteConfig(CorsPolicyConfig policy) implements RouteConfigCompiler {
    @Override
    public CorsPolicy compile(FactoryContext context) {
        return CorsPolicy.from(policy);
    }
}
