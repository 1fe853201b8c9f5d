// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmUpTest {

    private final WarmUp warmUp = new WarmUp(3, 0.03);

    @Test
    void isNotSteadyBeforeEnoughWindows() {
        warmUp.add(20);
        warmUp.add(20);

        assertThat(warmUp.isSteady()).isFalse();
    }

    @Test
    void isSteadyWhenTheLastWindowsAgree() {
        warmUp.add(80);
        warmUp.add(20.0);
        warmUp.add(20.3);
        warmUp.add(20.5);

        assertThat(warmUp.isSteady()).isTrue();
    }

    @Test
    void isNotSteadyWhileWindowsStillDiffer() {
        warmUp.add(20.0);
        warmUp.add(20.3);
        warmUp.add(20.7);

        assertThat(warmUp.isSteady()).isFalse();
    }
}
