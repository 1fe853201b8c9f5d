// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.filter.dynamicforwardproxy.DynamicForwardProxyConfig;
import dev.outrigger.dataplane.filter.dynamicforwardproxy.DynamicForwardProxyConfig.HostRewrite;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.filters.http.dynamic_forward_proxy.v3.PerRouteConfig;

/** {@code envoy.filters.http.dynamic_forward_proxy}. */
final class DynamicForwardProxyFilterParser {
    private static final SupportedFields FILTER =
            SupportedFields.of(FilterConfig.class)
                    .nested("dns_cache_config", () -> DnsCacheParser.TABLE)
                    .onlyBool("save_upstream_address", false);

    private static final SupportedFields PER_ROUTE =
            SupportedFields.of(PerRouteConfig.class)
                    .obeyed("host_rewrite_literal", "host_rewrite_header");

    static final HttpFilterType TYPE =
            HttpFilterType.of(
                            "envoy.filters.http.dynamic_forward_proxy",
                            FilterConfig.class,
                            FILTER,
                            (proto, path, findings) ->
                                    new DynamicForwardProxyConfig(
                                            DnsCacheParser.parse(
                                                    proto.getDnsCacheConfig(),
                                                    FieldPaths.join(path, "dns_cache_config"),
                                                    findings)))
                    .withRoute(
                            PerRouteConfig.class,
                            PER_ROUTE,
                            (proto, _, _) ->
                                    new HostRewrite(
                                            proto.getHostRewriteLiteral(),
                                            Ascii.lower(proto.getHostRewriteHeader())));

    private DynamicForwardProxyFilterParser() {}
}
