// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import java.util.List;
import java.util.Optional;

/** Says what documents come to. Any thread; may take a while for large sets. */
public interface Effects {
    /** What is different for callers and for proxies; bounded, see {@link PlannedEffects}. */
    PlannedEffects between(PolicySet before, PolicySet after);

    /** Where a request goes, and where each value that holds for it comes from. */
    Explanation explain(PolicySet policies, Question question);

    /**
     * Where blocks of a policy give way to others, at most {@link Overridden#MAX} of them; none for
     * a document that has no such blocks.
     */
    List<Overridden> overridden(PolicySet policies, PolicyId document);

    /** What a proxy was given last; empty if it is not connected, or was given nothing yet. */
    Optional<List<GivenResource>> given(String proxy, GivenQuery query);

    /** What stands between that and what a set asks for; empty as {@link #given} is. */
    Optional<Outstanding> outstanding(String proxy, PolicySet wanted);
}
