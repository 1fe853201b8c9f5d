// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.ads.AdsOptions.AdmissionRate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Reconnect storms: fault F09 of the fault matrix. */
class AdmissionTest {
    private final List<Integer> begun = new ArrayList<>();
    private long now;
    private final Admission admission = new Admission(new AdmissionRate(10, 3), () -> now);

    @Test
    void aBurstIsLetInAtOnceAndTheRestAtTheRateInOrder() {
        arrive(0, 8);
        assertThat(begun).containsExactly(0, 1, 2);
        assertThat(admission.waiting()).isEqualTo(5);

        pass(Duration.ofMillis(100));
        assertThat(begun).containsExactly(0, 1, 2, 3);
        pass(Duration.ofMillis(300));
        assertThat(begun).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void whoComesLaterDoesNotOvertake() {
        arrive(0, 4);
        now += Duration.ofMillis(100).toNanos();

        arrive(4, 5);

        assertThat(begun).containsExactly(0, 1, 2);
        pass(Duration.ofMillis(100));
        assertThat(begun).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void aQuietTimeSavesNoMoreThanABurst() {
        pass(Duration.ofHours(1));

        arrive(0, 5);

        assertThat(begun).hasSize(3);
    }

    @Test
    void whoHasLeftMeanwhileCostsNothing() {
        arrive(0, 3);
        admission.admit(() -> false);
        arrive(4, 5);

        pass(Duration.ofMillis(100));
        pass(Duration.ofNanos(1));

        assertThat(begun).containsExactly(0, 1, 2, 4);
    }

    private void arrive(int from, int to) {
        IntStream.range(from, to).forEach(n -> admission.admit(() -> begun.add(n)));
    }

    private void pass(Duration time) {
        now += time.toNanos();
        admission.tick();
    }
}
