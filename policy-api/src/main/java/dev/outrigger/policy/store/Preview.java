// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.DocumentSet;
import java.util.List;

/**
 * What a write would come to, without doing it.
 *
 * @param outcome as the write would be answered now; generations are 0
 * @param before the documents it was decided against
 * @param after the documents as they would stand; {@code before} when it is refused
 * @param changes none when it is refused
 */
public record Preview(
        WriteOutcome outcome,
        DocumentSet before,
        DocumentSet after,
        List<Decision.Change> changes) {
    public Preview {
        changes = List.copyOf(changes);
    }
}
