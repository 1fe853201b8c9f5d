// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import java.util.List;
import java.util.Set;

/** Looks for what is allowed but hardly meant. Holds no state; any thread. */
@FunctionalInterface
public interface Lint {
    /**
     * What there is to say about some documents of a set.
     *
     * @param set as it is, or as it would be after a write
     * @param documents those to speak about: the ones a write puts, each in the set
     */
    List<Warning> warnings(DocumentSet set, Set<PolicyId> documents);
}
