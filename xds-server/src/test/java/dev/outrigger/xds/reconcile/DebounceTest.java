// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DebounceTest {
    private final Debounce debounce = new Debounce(Duration.ofMillis(5), Duration.ofMillis(30));

    @Test
    void theFirstChangeDoesNotWait() {
        assertThat(debounce.delay(millis(0))).isZero();
    }

    @Test
    void aPauseFollowsEachRound() {
        debounce.begin(millis(0), false);

        assertThat(debounce.delay(millis(1))).isEqualTo(Duration.ofMillis(4));
        assertThat(debounce.delay(millis(5))).isZero();
    }

    @Test
    void pausesDoubleUnderABurstUpToABound() {
        debounce.begin(millis(0), false);
        debounce.begin(millis(5), true);
        assertThat(debounce.delay(millis(5))).isEqualTo(Duration.ofMillis(10));
        debounce.begin(millis(15), true);
        assertThat(debounce.delay(millis(15))).isEqualTo(Duration.ofMillis(20));
        debounce.begin(millis(35), true);
        assertThat(debounce.delay(millis(35))).isEqualTo(Duration.ofMillis(30));
        debounce.begin(millis(65), true);
        assertThat(debounce.delay(millis(65))).isEqualTo(Duration.ofMillis(30));
    }

    @Test
    void aChangeThatNeedNotWaitEndsTheBurst() {
        debounce.begin(millis(0), false);
        debounce.begin(millis(5), true);

        debounce.begin(millis(500), false);

        assertThat(debounce.delay(millis(501))).isEqualTo(Duration.ofMillis(4));
    }

    @Test
    void refusesPausesThatAreNone() {
        assertThatThrownBy(() -> new Debounce(Duration.ZERO, Duration.ofMillis(1)))
                .hasMessageContaining("PT0S to PT0.001S")
                .hasMessageContaining("expected: above zero");
        assertThatThrownBy(() -> new Debounce(Duration.ofMillis(2), Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
