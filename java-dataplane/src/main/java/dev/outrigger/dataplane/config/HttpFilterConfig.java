// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;
import java.util.Optional;

/**
 * What an entry of {@code http_filters} says, defaults resolved. Each filter's room has its own;
 * only the router's is here, because the connection manager itself reads it.
 */
public interface HttpFilterConfig {
    /** What SDS is asked for before it can serve. */
    default List<ResourceReference> secrets() {
        return List.of();
    }

    /** The cache of names it asks, if it does. */
    default Optional<DnsCacheConfig> dnsCache() {
        return Optional.empty();
    }

    /** What it counts for a cluster it is a filter of, behind the cluster's prefix. */
    default List<String> clusterCounters() {
        return List.of();
    }

    /**
     * A filter whose configuration comes over ECDS.
     *
     * @param typeUrls what the configuration may be
     * @param defaultConfig used until it has come
     * @param withoutWarming whether the listener need not wait for it
     */
    record Discovered(
            ResourceReference resource,
            List<String> typeUrls,
            Optional<HttpFilterConfig> defaultConfig,
            boolean withoutWarming)
            implements HttpFilterConfig {
        public Discovered {
            typeUrls = List.copyOf(typeUrls);
        }

        @Override
        public Optional<DnsCacheConfig> dnsCache() {
            return defaultConfig.flatMap(HttpFilterConfig::dnsCache);
        }
    }

    /**
     * {@code envoy.filters.http.router}; always last.
     *
     * @param strictCheckHeaders in lower case
     * @param upstreamFilters without the codec at their end; for clusters that have none
     */
    record Router(
            boolean dynamicStats,
            boolean suppressEnvoyHeaders,
            List<String> strictCheckHeaders,
            boolean respectExpectedRqTimeout,
            boolean suppressGrpcRequestFailureCodeStats,
            UpstreamLogConfig upstreamLog,
            List<HttpFilterEntry> upstreamFilters)
            implements HttpFilterConfig {
        public Router {
            strictCheckHeaders = List.copyOf(strictCheckHeaders);
            upstreamFilters = List.copyOf(upstreamFilters);
        }

        @Override
        public List<ResourceReference> secrets() {
            return upstreamFilters.stream()
                    .flatMap(filter -> filter.config().secrets().stream())
                    .toList();
        }
    }
}
