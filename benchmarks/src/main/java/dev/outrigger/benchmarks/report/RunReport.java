// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.report;

import dev.outrigger.benchmarks.contender.EnvoyContender;
import dev.outrigger.benchmarks.machine.MachineFacts;
import dev.outrigger.benchmarks.machine.Memory;
import dev.outrigger.benchmarks.session.Measured;
import dev.outrigger.benchmarks.statistics.Distribution;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything one run found out; written as JSON as it is.
 *
 * @param commit the source the run was made from
 * @param forced whether the run was made although the machine was not quiet, with dirty samples
 *     counted
 * @param versions contender to version and flags
 * @param leftOut contender to the reason it did not take part
 */
public record RunReport(
        String startedAt,
        String commit,
        MachineFacts machine,
        String generator,
        String upstream,
        String plan,
        boolean forced,
        List<String> objections,
        Map<String, String> versions,
        Map<String, String> leftOut,
        List<ProcessFigures> processes,
        List<Figures> figures,
        List<Verdict> verdicts,
        List<Sample> samples)
        implements Measured {

    public RunReport {
        objections = List.copyOf(objections);
        processes = List.copyOf(processes);
        figures = List.copyOf(figures);
        verdicts = List.copyOf(verdicts);
        samples = List.copyOf(samples);
    }

    /**
     * What belongs to a process rather than to a load.
     *
     * @param startMillis from the start of the process to the first 200
     * @param crowded with idle clients connected; absent where there were none
     * @param coldCpuMicros CPU per request over the first requests after the start
     * @param coldRequests how many those were
     * @param warmUpSeconds how long the contender was under load before the first round
     * @param steady whether its last windows agreed by then
     */
    public record ProcessFigures(
            String contender,
            Distribution startMillis,
            Memory idle,
            Memory loaded,
            @Nullable Memory crowded,
            double coldCpuMicros,
            double coldP99Micros,
            long coldRequests,
            double warmUpSeconds,
            boolean steady) {}

    /** Whether every bar was passed; the A/A checks are among them. */
    @Override
    public boolean passed() {
        return verdicts.stream().allMatch(verdict -> verdict.outcome() == Verdict.Outcome.PASS);
    }

    @Override
    public String text() {
        return TextReport.of(this, EnvoyContender.NAME) + "\n";
    }
}
