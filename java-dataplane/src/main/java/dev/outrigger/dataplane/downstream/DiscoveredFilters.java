// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.ExtensionConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.ListenerFilterConfig;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.config.UpgradeConfig;
import dev.outrigger.dataplane.filter.missing.MissingConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** Puts configurations that came over ECDS in the place of what refers to them. */
final class DiscoveredFilters {
    private DiscoveredFilters() {}

    static boolean has(HttpConnectionManagerConfig config) {
        return config.allFilters()
                .anyMatch(each -> each.config() instanceof HttpFilterConfig.Discovered);
    }

    /** With what is known now; a default, or nothing but refusals, in the place of what is not. */
    static HttpConnectionManagerConfig resolve(
            HttpConnectionManagerConfig config, ProxyConfig proxy) {
        var byUpgrade = new HashMap<String, UpgradeConfig>();
        config.upgrades()
                .forEach((type, upgrade) ->
                        byUpgrade.put(
                                type,
                                new UpgradeConfig(
                                        upgrade.enabled(), resolve(upgrade.filters(), proxy))));
        return config.withFilters(resolve(config.httpFilters(), proxy), byUpgrade);
    }

    private static List<HttpFilterEntry> resolve(List<HttpFilterEntry> entries, ProxyConfig proxy) {
        return entries.stream().map(each -> resolve(each, proxy)).toList();
    }

    /** As {@link #resolve}: what is known of a listener's filters, or empty without a default. */
    static Optional<ListenerFilterConfig> resolve(
            ListenerFilterConfig.Discovered discovered, ProxyConfig proxy) {
        var found = proxy.extensions().get(discovered.resource());
        return found != null
                        && discovered.typeUrls().contains(found.typeUrl())
                        && found.filter() instanceof ExtensionConfig.Filter.Listener(var came)
                ? Optional.of(came)
                : discovered.defaultConfig();
    }

    private static HttpFilterEntry resolve(HttpFilterEntry entry, ProxyConfig proxy) {
        if (!(entry.config() instanceof HttpFilterConfig.Discovered discovered)) {
            return entry;
        }
        var found = proxy.extensions().get(discovered.resource());
        HttpFilterConfig config =
                found != null
                                && discovered.typeUrls().contains(found.typeUrl())
                                && found.filter() instanceof ExtensionConfig.Filter.Http(var came)
                        ? came
                        : discovered.defaultConfig().orElseGet(MissingConfig::new);
        return new HttpFilterEntry(entry.name(), entry.disabled(), config);
    }
}
