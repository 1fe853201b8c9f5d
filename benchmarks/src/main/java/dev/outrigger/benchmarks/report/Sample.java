// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.report;

import dev.outrigger.benchmarks.load.LoadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One contender under one load in one round.
 *
 * @param shape label of the load shape
 * @param cpuNanos time the contender's processes were on a CPU during the load
 * @param userShare the part of it in user mode, 0 to 1, from 10 ms ticks
 * @param disturbances why the sample is dirty; empty for a clean one
 */
public record Sample(
        int round,
        String contender,
        String shape,
        LoadResult load,
        long cpuNanos,
        double userShare,
        List<String> disturbances) {

    private static final double ERROR_LIMIT = 0.001;

    public Sample {
        disturbances = List.copyOf(disturbances);
    }

    /**
     * With the reasons the load itself gives: a proxy that fails requests is not measured as a fast
     * one.
     */
    public static Sample of(
            int round,
            String contender,
            String shape,
            LoadResult load,
            long cpuNanos,
            double userShare,
            List<String> disturbances) {
        List<String> all = new ArrayList<>(disturbances);
        if (load.requests() == 0) {
            all.add("no request was answered with 200");
        } else if (load.errors() > load.requests() * ERROR_LIMIT) {
            all.add(
                    String.format(
                            Locale.ROOT,
                            "%d of %d requests failed",
                            load.errors(),
                            load.requests() + load.errors()));
        }
        return new Sample(round, contender, shape, load, cpuNanos, userShare, all);
    }

    public boolean isClean() {
        return disturbances.isEmpty();
    }

    /** CPU time per answered request in microseconds. */
    public double cpuMicrosPerRequest() {
        return load.requests() == 0 ? Double.NaN : cpuNanos / 1e3 / load.requests();
    }
}
