// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.filter.missing.MissingConfig;

/** Puts configurations that came over ECDS in the place of what refers to them. */
final class DiscoveredFilters {
    private DiscoveredFilters() {}

    static boolean has(HttpConnectionManagerConfig config) {
        return config.httpFilters().stream()
                .anyMatch(each -> each.config() instanceof HttpFilterConfig.Discovered);
    }

    /** With what is known now; a default, or nothing but refusals, in the place of what is not. */
    static HttpConnectionManagerConfig resolve(
            HttpConnectionManagerConfig config, ProxyConfig proxy) {
        return config.withHttpFilters(
                config.httpFilters().stream().map(each -> resolve(each, proxy)).toList());
    }

    private static HttpFilterEntry resolve(HttpFilterEntry entry, ProxyConfig proxy) {
        if (!(entry.config() instanceof HttpFilterConfig.Discovered discovered)) {
            return entry;
        }
        var found = proxy.extensions().get(discovered.resource());
        HttpFilterConfig config =
                found != null && discovered.typeUrls().contains(found.typeUrl())
                        ? found.config()
                        : discovered.defaultConfig().orElseGet(MissingConfig::new);
        return new HttpFilterEntry(entry.name(), entry.disabled(), config);
    }
}
