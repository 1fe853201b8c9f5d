// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.report;

import dev.outrigger.benchmarks.statistics.Distribution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One contender under one load over all rounds. A ratio is formed within a round, against the
 * reference's own sample of that round, so that what slows both cancels out.
 *
 * @param samples how many samples were taken
 * @param clean how many of them were not disturbed; the others count only in a forced run
 * @param failed requests of all its samples that were not answered with 200
 * @param cpuRatio absent for the reference itself and where no round has a clean pair
 */
public record Figures(
        String contender,
        String shape,
        int samples,
        int clean,
        long failed,
        Distribution requestsPerSecond,
        Distribution cpuMicros,
        Distribution userShare,
        Distribution p50Micros,
        Distribution p99Micros,
        @Nullable Distribution cpuRatio,
        @Nullable Distribution p50Ratio,
        @Nullable Distribution p99Ratio) {

    /**
     * Figures of every contender and load that has at least one usable sample.
     *
     * @param reference the contender the ratios are formed against
     * @param countDirty whether disturbed samples count too
     */
    public static List<Figures> of(List<Sample> samples, String reference, boolean countDirty) {
        Map<String, Map<String, List<Sample>>> groups = new LinkedHashMap<>();
        for (var sample : samples) {
            groups.computeIfAbsent(sample.shape(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(sample.contender(), _ -> new ArrayList<>())
                    .add(sample);
        }
        List<Figures> figures = new ArrayList<>();
        groups.forEach((shape, byContender) ->
                byContender.forEach((contender, group) -> {
                    var usable = usable(group, countDirty);
                    if (!usable.isEmpty()) {
                        var pairs =
                                contender.equals(reference)
                                        ? List.<Pair>of()
                                        : pairs(
                                                usable,
                                                usable(
                                                        byContender.getOrDefault(
                                                                reference, List.of()),
                                                        countDirty));
                        figures.add(of(contender, shape, group, usable, pairs));
                    }
                }));
        return figures;
    }

    /** The figures of one contender under one load, where there are any. */
    public static Optional<Figures> find(List<Figures> figures, String contender, String shape) {
        return figures.stream()
                .filter(each -> each.contender().equals(contender) && each.shape().equals(shape))
                .findFirst();
    }

    private static List<Sample> usable(List<Sample> group, boolean countDirty) {
        return group.stream()
                .filter(sample -> sample.load().requests() > 0 && (countDirty || sample.isClean()))
                .toList();
    }

    private static List<Pair> pairs(List<Sample> subjects, List<Sample> references) {
        Map<Integer, Sample> referenceOf = new HashMap<>();
        references.forEach(sample -> referenceOf.put(sample.round(), sample));
        List<Pair> pairs = new ArrayList<>();
        for (var subject : subjects) {
            var reference = referenceOf.get(subject.round());
            if (reference != null) {
                pairs.add(new Pair(subject, reference));
            }
        }
        return pairs;
    }

    private static Figures of(
            String contender,
            String shape,
            List<Sample> taken,
            List<Sample> usable,
            List<Pair> pairs) {
        return new Figures(
                contender,
                shape,
                taken.size(),
                Math.toIntExact(taken.stream().filter(Sample::isClean).count()),
                taken.stream().mapToLong(sample -> sample.load().errors()).sum(),
                values(usable, sample -> sample.load().requestsPerSecond()),
                values(usable, Sample::cpuMicrosPerRequest),
                values(usable, Sample::userShare),
                values(usable, sample -> sample.load().p50Micros()),
                values(usable, sample -> sample.load().p99Micros()),
                ratios(pairs, Sample::cpuMicrosPerRequest),
                ratios(pairs, sample -> sample.load().p50Micros()),
                ratios(pairs, sample -> sample.load().p99Micros()));
    }

    private static Distribution values(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        return Distribution.of(samples.stream().map(figure::applyAsDouble).toList());
    }

    private static @Nullable Distribution ratios(
            List<Pair> pairs, ToDoubleFunction<Sample> figure) {
        var values =
                pairs.stream()
                        .filter(pair -> figure.applyAsDouble(pair.reference()) > 0)
                        .map(pair ->
                                figure.applyAsDouble(pair.subject())
                                        / figure.applyAsDouble(pair.reference()))
                        .toList();
        return values.isEmpty() ? null : Distribution.of(values);
    }

    /** Two samples of one round and load. */
    private record Pair(Sample subject, Sample reference) {}
}
