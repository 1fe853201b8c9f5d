// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.ListenerFiltersConfig.ListenerFilterConfig;
import java.util.List;
import java.util.Optional;

/** {@code envoy.config.core.v3.TypedExtensionConfig} with the configuration of a filter. */
public record ExtensionConfig(String typeUrl, Filter filter) {
    /** What kind of filter it configures. */
    public sealed interface Filter {
        record Http(HttpFilterConfig config) implements Filter {}

        record Listener(ListenerFilterConfig config) implements Filter {}
    }

    /** Where filters of a kind are named, as in names of stats. */
    public static final String HTTP_FILTER = "http_filter";

    /** See {@link #HTTP_FILTER}. */
    public static final String LISTENER_FILTER = "tcp_listener_filter";

    /** What SDS is asked for before it can be used. */
    public List<ResourceReference> secrets() {
        return filter instanceof Filter.Http(var config) ? config.secrets() : List.of();
    }

    /** The cache of names it asks, if it does. */
    public Optional<DnsCacheConfig> dnsCache() {
        return filter instanceof Filter.Http(var config) ? config.dnsCache() : Optional.empty();
    }
}
