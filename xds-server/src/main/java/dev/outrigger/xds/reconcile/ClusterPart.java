// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.Optional;

/**
 * One port of a service as a cluster with its endpoints. Immutable.
 *
 * @param endpoints empty if it has none by EDS, or if nobody supplies them
 * @param secret what it needs to show of itself, by SDS
 */
record ClusterPart(
        VersionedResource cluster,
        Optional<VersionedResource> endpoints,
        Optional<VersionedResource> secret) {
    /** Whether it cannot be served as it is. */
    boolean lacksEndpoints() {
        return !cluster.endpointsName().isEmpty() && endpoints.isEmpty();
    }
}
