// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureDrawsTest {
    private static final int ROUND_WITHOUT = 1;
    private static final int ROUND_WITH = 2;

    @Test
    void defaultsShowWhatTheDemoPromises() {
        var draws = new FailureDraws(1, 0.2);

        var without = draws.predict(ROUND_WITHOUT, 1000, 0);
        var with = draws.predict(ROUND_WITH, 1000, DemoOptions.RETRIES);

        assertThat(without.succeeded()).isBetween(780, 820);
        assertThat(without.received()).isEqualTo(1000);
        assertThat(with.succeeded()).isGreaterThanOrEqualTo(985);
        assertThat(with.received()).isBetween(1215, 1265);
    }

    @Test
    void shareOfFailuresIsTheRate() {
        for (double rate : new double[] {0.05, 0.2, 0.7}) {
            var prediction = new FailureDraws(99, rate).predict(1, 200_000, 0);

            assertThat(1 - prediction.succeeded() / 200_000.0)
                    .isCloseTo(rate, org.assertj.core.data.Offset.offset(0.005));
        }
    }

    @Test
    void retriesFailAsOftenAsFirstTries() {
        var prediction = new FailureDraws(5, 0.5).predict(1, 200_000, 2);

        // 1 + 1/2 + 1/4 attempts each, and one in eight fails three times.
        assertThat(prediction.received() / 200_000.0)
                .isCloseTo(1.75, org.assertj.core.data.Offset.offset(0.01));
        assertThat(prediction.succeeded() / 200_000.0)
                .isCloseTo(0.875, org.assertj.core.data.Offset.offset(0.005));
    }

    @Test
    void extremesAreExact() {
        assertThat(new FailureDraws(1, 0).predict(1, 1000, 2))
                .isEqualTo(new FailureDraws.Prediction(1000, 1000));
        assertThat(new FailureDraws(1, 1).predict(1, 1000, 2))
                .isEqualTo(new FailureDraws.Prediction(0, 3000));
    }

    @Test
    void seedsDiffer() {
        assertThat(new FailureDraws(1, 0.2).predict(1, 1000, 0))
                .isNotEqualTo(new FailureDraws(2, 0.2).predict(1, 1000, 0));
    }
}
