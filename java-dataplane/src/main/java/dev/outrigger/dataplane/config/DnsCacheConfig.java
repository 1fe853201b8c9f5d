// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.ClusterConfig.DnsBackoff;
import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig} with its defaults
 * resolved. Who names the same cache must say the same of it.
 *
 * @param refreshRate between look-ups where an answer says nothing of it
 * @param minRefreshRate the least between look-ups, however short an answer holds
 * @param failureRefreshRate back-off after a failure; absent: {@code refreshRate}
 * @param isRefreshedOnFailure whether a name without an answer is looked up again by itself
 * @param hostTtl after so long without a request a name is forgotten
 * @param queryTimeout zero for none
 * @param maxPendingRequests requests that may wait for an answer; unsigned 32 bits
 * @param preresolved {@code name:port} of those looked up before anybody asks
 */
public record DnsCacheConfig(
        String name,
        DnsLookupFamily lookupFamily,
        DnsResolverOptions resolver,
        Duration refreshRate,
        Duration minRefreshRate,
        Optional<DnsBackoff> failureRefreshRate,
        boolean isRefreshedOnFailure,
        Duration hostTtl,
        long maxHosts,
        Duration queryTimeout,
        long maxPendingRequests,
        List<String> preresolved) {
    public DnsCacheConfig {
        preresolved = List.copyOf(preresolved);
    }
}
