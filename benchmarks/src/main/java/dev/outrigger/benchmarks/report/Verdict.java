// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.report;

import java.util.List;
import java.util.Locale;

/**
 * The answer to one bar.
 *
 * @param text what was asked and what was measured, in one line
 */
public record Verdict(Outcome outcome, String text) {

    /** Fewer rounds make no interval worth the name. */
    private static final int LEAST_ROUNDS = 3;

    /** PASS and FAIL only where the 95 % interval lies on one side of the bar. */
    public enum Outcome {
        PASS,
        FAIL,
        /**
         * The interval holds the bar, or rests on too few rounds: more rounds or a quieter machine
         * are needed.
         */
        UNCLEAR,
        /** The contender or the reference has no clean sample under this load. */
        NO_DATA
    }

    /** Whether a contender needs at most a share of the reference's CPU time per request. */
    public static Verdict onCpu(
            List<Figures> figures, String contender, String reference, String shape, double bar) {
        var question =
                String.format(
                        Locale.ROOT,
                        "%s: CPU per request at %s, at most %.2f of %s's",
                        contender,
                        shape,
                        bar,
                        reference);
        var ratio = Figures.find(figures, contender, shape).map(Figures::cpuRatio).orElse(null);
        if (ratio == null) {
            return new Verdict(Outcome.NO_DATA, question + ": no round with two clean samples");
        }
        var interval = ratio.confidence();
        var outcome =
                interval.high() <= bar
                        ? Outcome.PASS
                        : interval.low() > bar ? Outcome.FAIL : Outcome.UNCLEAR;
        return new Verdict(
                ratio.rounds() < LEAST_ROUNDS ? Outcome.UNCLEAR : outcome,
                String.format(
                        Locale.ROOT,
                        "%s: %.2f (95 %% interval %.2f to %.2f, %d rounds)",
                        question,
                        ratio.median(),
                        interval.low(),
                        interval.high(),
                        ratio.rounds()));
    }

    /**
     * Whether a contender answered every request of all its samples, disturbed or not, with 200.
     */
    public static Verdict onFailures(List<Sample> samples, String contender) {
        var own = samples.stream().filter(each -> each.contender().equals(contender)).toList();
        long answered = own.stream().mapToLong(each -> each.load().requests()).sum();
        long failed = own.stream().mapToLong(each -> each.load().errors()).sum();
        var question = contender + ": answers every request while it gets new routes";
        return answered == 0
                ? new Verdict(Outcome.NO_DATA, question + ": none was answered")
                : new Verdict(
                        failed == 0 ? Outcome.PASS : Outcome.FAIL,
                        question + ": " + failed + " of " + (answered + failed) + " failed");
    }

    /**
     * Whether two instances of the same program measure the same: the interval holds 1 and is
     * narrow.
     */
    public static Verdict onTwin(
            List<Figures> twinAgainstOriginal, String twin, String original, String shape) {
        double widest = 0.06;
        var question =
                String.format(
                        Locale.ROOT,
                        "A/A %s against %s at %s: holds 1.00, narrower than %.2f",
                        twin,
                        original,
                        shape,
                        widest);
        var ratio =
                Figures.find(twinAgainstOriginal, twin, shape).map(Figures::cpuRatio).orElse(null);
        if (ratio == null) {
            return new Verdict(Outcome.NO_DATA, question + ": no round with two clean samples");
        }
        var interval = ratio.confidence();
        var outcome =
                !interval.contains(1)
                        ? Outcome.FAIL
                        : interval.width() < widest ? Outcome.PASS : Outcome.UNCLEAR;
        return new Verdict(
                ratio.rounds() < LEAST_ROUNDS ? Outcome.UNCLEAR : outcome,
                String.format(
                        Locale.ROOT,
                        "%s: %.3f (95 %% interval %.3f to %.3f)",
                        question,
                        ratio.median(),
                        interval.low(),
                        interval.high()));
    }

    /** The same measurement from a forced run, where neither PASS nor FAIL means anything. */
    public Verdict forced() {
        return new Verdict(
                outcome == Outcome.NO_DATA ? outcome : Outcome.UNCLEAR, text + " [forced run]");
    }
}
