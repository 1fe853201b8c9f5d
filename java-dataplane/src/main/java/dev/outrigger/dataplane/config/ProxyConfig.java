// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that decides what happens to a request, as of one moment. Swapped whole; an exchange
 * keeps the one it began with.
 *
 * @param listeners active listeners by name, in the order they became active
 * @param routeTables accepted route configurations by name; a listener whose table is missing here
 *     answers 404 as Envoy does before the first RDS response
 * @param clusters warm clusters by name, in the order they became so
 * @param secrets those that came over SDS, by what {@code ListenerConfig.secrets()} and {@code
 *     ClusterConfig.secrets()} say
 * @param scopes those that came over SRDS, by what connection managers refer to
 * @param extensions configurations of filters that came over ECDS
 */
public record ProxyConfig(
        Map<String, ListenerConfig> listeners,
        Map<String, RouteTable> routeTables,
        Map<String, ActiveCluster> clusters,
        Map<ResourceReference, SecretConfig> secrets,
        Map<ResourceReference, List<ScopeConfig>> scopes,
        Map<ResourceReference, ExtensionConfig> extensions) {
    public static final ProxyConfig EMPTY = new ProxyConfig(Map.of(), Map.of(), Map.of());

    /** Without what comes over SDS, SRDS and ECDS. */
    public ProxyConfig(
            Map<String, ListenerConfig> listeners,
            Map<String, RouteTable> routeTables,
            Map<String, ActiveCluster> clusters) {
        this(listeners, routeTables, clusters, Map.of(), Map.of(), Map.of());
    }

    public ProxyConfig {
        listeners = Collections.unmodifiableMap(new LinkedHashMap<>(listeners));
        routeTables = Map.copyOf(routeTables);
        clusters = Collections.unmodifiableMap(new LinkedHashMap<>(clusters));
        secrets = Map.copyOf(secrets);
        scopes = Map.copyOf(scopes);
        extensions = Map.copyOf(extensions);
    }
}
