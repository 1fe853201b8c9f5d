// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import dev.outrigger.policy.model.PolicySet;

/** Says what documents come to. Any thread; may take a while for large sets. */
public interface Effects {
    /** What is different for callers and for proxies; bounded, see {@link PlannedEffects}. */
    PlannedEffects between(PolicySet before, PolicySet after);

    /** Where a request goes, and where each value that holds for it comes from. */
    Explanation explain(PolicySet policies, Question question);
}
