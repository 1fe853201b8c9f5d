// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.statistics;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides from successive windows of load when a proxy is warm: the last few windows agree with
 * each other.
 */
public final class WarmUp {

    private final int windows;
    private final double tolerance;
    private final List<Double> seen = new ArrayList<>();

    /**
     * @param windows how many successive windows have to agree
     * @param tolerance the widest spread among them, as a share of the smallest
     */
    public WarmUp(int windows, double tolerance) {
        if (windows < 1) {
            throw new IllegalArgumentException("windows: " + windows + " (expected: at least 1)");
        }
        this.windows = windows;
        this.tolerance = tolerance;
    }

    /** Takes the cost per request of one more window. */
    public void add(double costPerRequest) {
        seen.add(costPerRequest);
    }

    /** Whether the last windows agree. */
    public boolean isSteady() {
        if (seen.size() < windows) {
            return false;
        }
        var last = seen.subList(seen.size() - windows, seen.size());
        double least = last.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double most = last.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        return most - least <= tolerance * least;
    }
}
