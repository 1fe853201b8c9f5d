// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import java.util.List;

/**
 * What a write changes beyond its documents.
 *
 * @param isComplete whether all is listed: at most {@link #MAX_CHANGES} of either kind are
 */
public record PlannedEffects(
        List<EffectiveChange> effective, List<ResourceChange> resources, boolean isComplete) {
    public static final int MAX_CHANGES = 500;

    public static final PlannedEffects NONE = new PlannedEffects(List.of(), List.of(), true);

    public PlannedEffects {
        effective = List.copyOf(effective);
        resources = List.copyOf(resources);
    }
}
