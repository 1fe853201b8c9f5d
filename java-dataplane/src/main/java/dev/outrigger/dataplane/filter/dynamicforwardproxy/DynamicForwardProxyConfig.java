// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.dynamicforwardproxy;

import dev.outrigger.dataplane.config.DnsCacheConfig;
import dev.outrigger.dataplane.config.RouteFilterConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;
import java.util.Optional;

/**
 * {@code envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig} with a cache of
 * names.
 */
public record DynamicForwardProxyConfig(DnsCacheConfig cache) implements FilterConfig {
    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        var names = context.dnsCaches().get(cache);
        return callbacks -> new DynamicForwardProxyFilter(callbacks, names);
    }

    @Override
    public Optional<DnsCacheConfig> dnsCache() {
        return Optional.of(cache);
    }

    /**
     * {@code PerRouteConfig}: the host a request is for is replaced before it is looked up.
     *
     * @param literal empty for none
     * @param header whose value takes the place, where a request has it, in lower case; empty for
     *     none
     */
    public record HostRewrite(String literal, String header) implements RouteFilterConfig {}
}
