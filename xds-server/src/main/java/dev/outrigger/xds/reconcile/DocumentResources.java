// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.ReferenceCheck.Need;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.List;
import java.util.SortedSet;

/**
 * What one document that selects proxies gives them, versioned. The same object for a type as long
 * as nothing of it changed. Confined to the reconciler's thread.
 */
interface DocumentResources {
    TypeResources type(ResourceType type);

    /** Whether it holds together but for {@link #unmet}. */
    boolean isSound();

    /** What it refers to and does not hold itself: another document of the group must. */
    SortedSet<Need> unmet();

    /** Its clusters that get their endpoints from an assignment of that name. */
    List<VersionedResource> clustersOf(String endpointsName);
}
