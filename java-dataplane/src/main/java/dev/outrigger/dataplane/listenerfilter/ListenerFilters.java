// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import dev.outrigger.dataplane.config.ListenerFiltersConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.ListenerFilterConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The listener filters of a listener compiled. Immutable.
 *
 * @param complete whether the configuration of each is known; where it is not, no connection is
 *     taken
 * @param timeoutNanos 0 for none
 */
public record ListenerFilters(
        List<ListenerFilter> filters,
        boolean complete,
        long timeoutNanos,
        boolean continueOnTimeout) {
    public ListenerFilters {
        filters = List.copyOf(filters);
    }

    /**
     * @param discovery what is known now of configurations that come over ECDS
     */
    public static ListenerFilters of(
            ListenerFiltersConfig config,
            Function<ListenerFilterConfig.Discovered, Optional<ListenerFilterConfig>> discovery,
            StatsStore stats) {
        for (var each : config.discovered()) {
            // Envoy makes the default also where it is not used, which shows in its stats.
            each.defaultConfig().ifPresent(filter -> compile(filter, stats));
        }
        var known =
                config.filters().stream().flatMap(each -> known(each, discovery).stream()).toList();
        return new ListenerFilters(
                known.stream().map(each -> compile(each, stats)).toList(),
                known.size() == config.filters().size(),
                config.timeout().toNanos(),
                config.continueOnTimeout());
    }

    private static Optional<ListenerFilterConfig> known(
            ListenerFilterConfig config,
            Function<ListenerFilterConfig.Discovered, Optional<ListenerFilterConfig>> discovery) {
        return switch (config) {
            case ListenerFilterConfig.Discovered discovered -> discovery.apply(discovered);
            case ListenerFilterConfig.Conditional(var filter, var disabledFor) ->
                    known(filter, discovery)
                            .map(each -> new ListenerFilterConfig.Conditional(each, disabledFor));
            case ListenerFilterConfig.TlsInspector _,
                    ListenerFilterConfig.HttpInspector _,
                    ListenerFilterConfig.OriginalDst _,
                    ListenerFilterConfig.ProxyProtocol _ ->
                    Optional.of(config);
        };
    }

    private static ListenerFilter compile(ListenerFilterConfig config, StatsStore stats) {
        return switch (config) {
            case ListenerFilterConfig.TlsInspector(boolean ja3) -> {
                var names = new TlsInspector.Stats(stats);
                yield shard -> new TlsInspector(names, shard, ja3);
            }
            case ListenerFilterConfig.HttpInspector() -> {
                var names = new HttpInspector.Stats(stats);
                yield shard -> new HttpInspector(names, shard);
            }
            case ListenerFilterConfig.Conditional(ListenerFilterConfig filter, var disabledFor) -> {
                ListenerFilter inner = compile(filter, stats);
                yield shard -> new Conditional(inner.begin(shard), disabledFor);
            }
            case ListenerFilterConfig.Discovered discovered ->
                    throw new IllegalArgumentException(
                            discovered.resource().name() + " (expected: its configuration)");
            case ListenerFilterConfig.OriginalDst() -> _ -> OriginalDst.INSTANCE;
            case ListenerFilterConfig.ProxyProtocol proxy -> {
                var names = new ProxyProtocol.Stats(stats, proxy.statPrefix());
                yield shard -> new ProxyProtocol(proxy, names, shard);
            }
        };
    }
}
