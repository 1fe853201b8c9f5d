// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import dev.outrigger.xds.snapshot.TypeResources;
import java.util.List;
import java.util.Map;

/** What became of one node group in a translation. Immutable. */
sealed interface GroupContent {
    /** It may be served. */
    record Consistent(Map<ResourceType, TypeResources> types) implements GroupContent {}

    /**
     * It may not.
     *
     * @param problems empty if the translation failed, which is a bug and has been logged
     */
    record Unusable(List<ReferenceCheck.Problem> problems) implements GroupContent {
        public Unusable {
            problems = List.copyOf(problems);
        }
    }
}
