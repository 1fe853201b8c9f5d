// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import dev.outrigger.dataplane.config.ListenerFiltersConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.ListenerFilterConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.List;

/**
 * The listener filters of a listener compiled. Immutable.
 *
 * @param timeoutNanos 0 for none
 */
public record ListenerFilters(
        List<ListenerFilter> filters, long timeoutNanos, boolean continueOnTimeout) {
    public ListenerFilters {
        filters = List.copyOf(filters);
    }

    public static ListenerFilters of(ListenerFiltersConfig config, StatsStore stats) {
        return new ListenerFilters(
                config.filters().stream().map(each -> compile(each, stats)).toList(),
                config.timeout().toNanos(),
                config.continueOnTimeout());
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
            case ListenerFilterConfig.OriginalDst() -> _ -> OriginalDst.INSTANCE;
            case ListenerFilterConfig.ProxyProtocol proxy -> {
                var names = new ProxyProtocol.Stats(stats, proxy.statPrefix());
                yield shard -> new ProxyProtocol(proxy, names, shard);
            }
        };
    }
}
