// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import java.util.List;

/**
 * What stands between what a proxy was given and what documents ask for. Immutable.
 *
 * @param givenRevision of the documents that what it was given is made of
 * @param changes at most {@link PlannedEffects#MAX_CHANGES}
 * @param isComplete whether all are listed
 */
public record Outstanding(long givenRevision, List<ResourceChange> changes, boolean isComplete) {
    public Outstanding {
        changes = List.copyOf(changes);
    }
}
