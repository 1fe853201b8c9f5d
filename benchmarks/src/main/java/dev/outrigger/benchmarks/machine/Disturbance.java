// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much strangers took from the machine during a sample.
 *
 * @param foreignShare CPU time of processes that are not ours, as a share of one core
 * @param stealShare time the hypervisor gave to other guests, as a share of all cores
 */
public record Disturbance(double foreignShare, double stealShare) {

    private static final double FOREIGN_LIMIT = 0.03;
    private static final double STEAL_LIMIT = 0.01;

    /** Why figures taken meanwhile are not to be trusted; empty for a clean sample. */
    public List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        if (foreignShare > FOREIGN_LIMIT) {
            reasons.add(
                    String.format(
                            Locale.ROOT,
                            "other processes used %.1f %% of a core (limit: %.0f %%)",
                            foreignShare * 100,
                            FOREIGN_LIMIT * 100));
        }
        if (stealShare > STEAL_LIMIT) {
            reasons.add(
                    String.format(
                            Locale.ROOT,
                            "the hypervisor took %.1f %% of the machine (limit: %.0f %%)",
                            stealShare * 100,
                            STEAL_LIMIT * 100));
        }
        return List.copyOf(reasons);
    }
}
