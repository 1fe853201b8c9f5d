// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.ActiveCluster;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is configured at one moment, for the admin paths. Immutable.
 *
 * @param cdsVersion of the last accepted response; empty before the first
 * @param startedMillis when the bootstrap was applied, since the epoch
 * @param clusters warm ones with their hosts, static ones too
 * @param scopes by the name of the scoped routes
 * @param extensions configurations of filters
 * @param hasExtensions whether filters are configured over ECDS
 * @param unready what initialisation or warming waits for, by kind and name
 */
public record ConfigView(
        String cdsVersion,
        String ldsVersion,
        long startedMillis,
        List<AcceptedResource> activeClusters,
        List<AcceptedResource> warmingClusters,
        List<DynamicListener> listeners,
        List<AcceptedResource> routes,
        Map<String, List<AcceptedResource>> scopes,
        List<AcceptedResource> secrets,
        List<AcceptedResource> extensions,
        boolean hasExtensions,
        List<ActiveCluster> clusters,
        List<String> unready) {
    public ConfigView {
        activeClusters = List.copyOf(activeClusters);
        warmingClusters = List.copyOf(warmingClusters);
        listeners = List.copyOf(listeners);
        routes = List.copyOf(routes);
        scopes = Map.copyOf(scopes);
        secrets = List.copyOf(secrets);
        extensions = List.copyOf(extensions);
        clusters = List.copyOf(clusters);
        unready = List.copyOf(unready);
    }

    /** A listener that came over xDS, in each state it has. */
    public record DynamicListener(
            String name,
            Optional<AcceptedResource> active,
            Optional<AcceptedResource> warming,
            Optional<RefusedResource> error) {}
}
