// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BootstrapIntervalTest {

    @Test
    void isAPointWhenAllRoundsAgree() {
        var interval = BootstrapInterval.ofMedian(new SplittableRandom(1), 0.4, 0.4, 0.4);

        assertThat(interval).isEqualTo(new BootstrapInterval.Interval(0.4, 0.4));
    }

    @Test
    void holdsTheMedianAndStaysWithinTheSample() {
        double[] rounds = {0.41, 0.38, 0.44, 0.40, 0.39, 0.43, 0.37, 0.42, 0.90};

        var interval = BootstrapInterval.ofMedian(new SplittableRandom(1), rounds);

        assertThat(interval.contains(Median.of(rounds))).isTrue();
        assertThat(interval.low()).isBetween(0.37, 0.41);
        // One outlier of nine does not reach the upper end of the median's interval.
        assertThat(interval.high()).isBetween(0.41, 0.45);
    }

    @Test
    void widensWithTheSpread() {
        var narrow =
                BootstrapInterval.ofMedian(new SplittableRandom(1), 1.00, 1.01, 0.99, 1.02, 0.98);
        var wide = BootstrapInterval.ofMedian(new SplittableRandom(1), 1.0, 1.1, 0.9, 1.2, 0.8);

        assertThat(wide.width()).isGreaterThan(narrow.width() * 5);
    }

    @Test
    void coversTheTrueMedianAboutNinetyFiveTimesInAHundred() {
        var random = new SplittableRandom(7);
        int covered = 0;
        int trials = 200;
        for (int i = 0; i < trials; i++) {
            double[] sample = random.doubles(15).toArray();
            if (BootstrapInterval.ofMedian(random, sample).contains(0.5)) {
                covered++;
            }
        }

        assertThat(covered).isBetween(trials * 88 / 100, trials);
    }
}
