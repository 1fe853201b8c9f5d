// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.filter.buffer.BufferConfig;
import dev.outrigger.dataplane.filter.credentialinjector.CredentialInjection;
import dev.outrigger.dataplane.filter.credentialinjector.CredentialInjectorConfig;
import dev.outrigger.dataplane.filter.headermutation.HeaderMutationConfig;
import dev.outrigger.dataplane.filter.headermutation.LevelledMutations;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import dev.outrigger.dataplane.telemetry.StatsShard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The filters between the router and the codec of an upstream: a cluster's own, or the router's
 * ({@code upstream_http_filters}). They see each attempt's request and its response as it came;
 * what they change in a request stays for the attempts behind it. There are header mutation, the
 * credential injector and the buffer. Immutable.
 */
final class UpstreamFilters {
    static final UpstreamFilters NONE = new UpstreamFilters(List.of());

    private record Filter(String name, boolean disabled, Does does) {}

    /** What a filter does. */
    private sealed interface Does {
        record Mutate(LevelledMutations mutations) implements Does {}

        record Inject(CredentialInjection injection) implements Does {}

        record Hold(BufferConfig buffer) implements Does {}
    }

    private final Filter[] filters;

    private UpstreamFilters(List<Filter> filters) {
        this.filters = filters.toArray(Filter[]::new);
    }

    /**
     * Compiles what the configuration lists; the codec at the end is left out of it.
     *
     * @param context with the prefix of these filters' stats
     */
    static UpstreamFilters of(List<HttpFilterEntry> entries, FactoryContext context) {
        var filters =
                entries.stream()
                        .map(entry ->
                                new Filter(entry.name(), entry.disabled(), does(entry, context)))
                        .toList();
        return filters.isEmpty() ? NONE : new UpstreamFilters(filters);
    }

    private static Does does(HttpFilterEntry entry, FactoryContext context) {
        return switch (entry.config()) {
            case HeaderMutationConfig config -> new Does.Mutate(new LevelledMutations(config));
            case CredentialInjectorConfig config ->
                    new Does.Inject(new CredentialInjection(config, context, context.statPrefix()));
            case BufferConfig config -> new Does.Hold(config);
            default -> throw new IllegalArgumentException(entry.name() + " is no upstream filter");
        };
    }

    boolean isEmpty() {
        return filters.length == 0;
    }

    int size() {
        return filters.length;
    }

    /** Whether nothing passes one of them. */
    boolean isDisabled(int index, PerFilterConfigs routes) {
        return routes.isDisabled(filters[index].name, filters[index].disabled);
    }

    /** How long a request that one of them holds back may be; -1 where it holds none back. */
    long holdLimit(int index, PerFilterConfigs routes) {
        Filter filter = filters[index];
        return filter.does instanceof Does.Hold(BufferConfig config)
                ? config.limit(routes.mostSpecific(filter.name))
                : -1;
    }

    /**
     * What one of them makes of a head that goes on.
     *
     * @return what the client is answered in the upstream's place; {@code null} for nothing
     */
    @Nullable LocalReply applyToRequest(
            int index,
            RequestHead head,
            FormatContext context,
            PerFilterConfigs routes,
            StatsShard shard) {
        Filter filter = filters[index];
        return switch (filter.does) {
            case Does.Mutate(LevelledMutations mutations) -> {
                mutations.applyToRequest(head, context, routes, filter.name);
                yield null;
            }
            case Does.Inject(CredentialInjection injection) ->
                    injection.apply(head.headers(), shard);
            case Does.Hold _ -> null;
        };
    }

    /** The filter next to the codec is the first to see a response. */
    void applyToResponse(ResponseHead head, FormatContext context, PerFilterConfigs routes) {
        for (int i = filters.length - 1; i >= 0; i--) {
            Filter filter = filters[i];
            if (filter.does instanceof Does.Mutate(LevelledMutations mutations)
                    && !routes.isDisabled(filter.name, filter.disabled)) {
                mutations.applyToResponse(head.headers(), context, routes, filter.name);
            }
        }
    }
}
