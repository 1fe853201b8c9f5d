// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.filter.headermutation.HeaderMutationConfig;
import dev.outrigger.dataplane.filter.headermutation.LevelledMutations;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import java.util.ArrayList;
import java.util.List;

/**
 * The filters between the router and the codec of an upstream: a cluster's own, or the router's
 * ({@code upstream_http_filters}). They see each attempt's request and its response as it came;
 * what they change in a request stays for the attempts behind it. Header mutation is all there is.
 * Immutable.
 */
final class UpstreamFilters {
    static final UpstreamFilters NONE = new UpstreamFilters(List.of());

    private record Filter(String name, boolean disabled, LevelledMutations mutations) {}

    private final Filter[] filters;

    private UpstreamFilters(List<Filter> filters) {
        this.filters = filters.toArray(Filter[]::new);
    }

    /** Compiles what the configuration lists; the codec at the end is left out of it. */
    static UpstreamFilters of(List<HttpFilterEntry> entries) {
        var filters = new ArrayList<Filter>();
        for (HttpFilterEntry entry : entries) {
            if (!(entry.config() instanceof HeaderMutationConfig config)) {
                throw new IllegalArgumentException(
                        entry.name() + " (expected: envoy.filters.http.header_mutation)");
            }
            filters.add(new Filter(entry.name(), entry.disabled(), new LevelledMutations(config)));
        }
        return filters.isEmpty() ? NONE : new UpstreamFilters(filters);
    }

    boolean isEmpty() {
        return filters.length == 0;
    }

    void applyToRequest(RequestHead head, FormatContext context, PerFilterConfigs routes) {
        for (Filter filter : filters) {
            if (!routes.isDisabled(filter.name, filter.disabled)) {
                filter.mutations.applyToRequest(head, context, routes, filter.name);
            }
        }
    }

    /** The filter next to the codec is the first to see a response. */
    void applyToResponse(ResponseHead head, FormatContext context, PerFilterConfigs routes) {
        for (int i = filters.length - 1; i >= 0; i--) {
            Filter filter = filters[i];
            if (!routes.isDisabled(filter.name, filter.disabled)) {
                filter.mutations.applyToResponse(head.headers(), context, routes, filter.name);
            }
        }
    }
}
