// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.store.Decision;
import dev.outrigger.policy.store.DocumentWarning;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes that were planned and may be committed as planned, the {@value #MAX} made last. A plan is
 * only good for whoever made it, and only as long as nothing else was written. Any thread.
 */
final class Plans {
    static final int MAX = 128;

    /** How ids look. */
    static final String FORM = "^plan-[0-9a-f]{32}$";

    private final Supplier<String> ids;
    private final Map<String, Plan> plans = new LinkedHashMap<>();

    /**
     * @param ids 32 hexadecimal digits each, which nobody can guess
     */
    Plans(Supplier<String> ids) {
        this.ids = ids;
    }

    /** Exactly what would be written. */
    record Plan(
            String author,
            long baseRevision,
            List<Decision.Change> changes,
            List<DocumentWarning> warnings) {
        Plan {
            changes = List.copyOf(changes);
            warnings = List.copyOf(warnings);
        }
    }

    /** Keeps a plan, and names it so that nobody can guess. */
    synchronized String keep(Plan plan) {
        String id = "plan-" + ids.get();
        plans.put(id, plan);
        if (plans.size() > MAX) {
            plans.remove(plans.keySet().iterator().next());
        }
        return id;
    }

    synchronized Optional<Plan> find(String id, Caller caller) {
        return Optional.ofNullable(plans.get(id))
                .filter(plan -> plan.author().equals(caller.name()));
    }

    Plan require(String id, Caller caller) {
        return find(id, caller)
                .orElseThrow(() ->
                        Problem.of(
                                        412,
                                        "Plan not known",
                                        "There is no such plan of yours, or not any more: plan"
                                                + " again.")
                                .raise());
    }

    static Problem.Raised outdated(long base, long revision) {
        return Problem.of(
                        412,
                        "Plan outdated",
                        "The plan is for revision "
                                + base
                                + ", and revision "
                                + revision
                                + " stands by now: plan again.")
                .raise();
    }
}
