// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MedianTest {

    @Test
    void takesTheMiddleOfAnOddNumberOfValues() {
        assertThat(Median.of(9, 1, 5)).isEqualTo(5);
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertThat(Median.of(4, 1, 2, 9)).isEqualTo(3);
    }

    @Test
    void interpolatesQuartiles() {
        assertThat(Median.quantile(0.25, 1, 2, 3, 4)).isEqualTo(1.75);
        assertThat(Median.quantile(0.75, 1, 2, 3, 4)).isEqualTo(3.25);
    }

    @Test
    void leavesTheCallersArrayAlone() {
        double[] values = {3, 1, 2};

        assertThat(Median.of(values)).isEqualTo(2);

        assertThat(values).containsExactly(3, 1, 2);
    }

    @Test
    void rejectsAnEmptySample() {
        assertThatThrownBy(Median::of)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("values: empty (expected: at least one)");
    }

    @Test
    void rejectsAShareAboveOne() {
        assertThatThrownBy(() -> Median.quantile(1.1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("share: 1.1 (expected: 0..1)");
    }
}
