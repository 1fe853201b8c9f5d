// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {
    /** Draws the largest value there is. */
    private static final RandomGenerator LARGEST =
            new RandomGenerator() {
                @Override
                public long nextLong() {
                    return -1;
                }

                @Override
                public long nextLong(long bound) {
                    return bound - 1;
                }
            };

    private final Backoff backoff =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), LARGEST);

    @Test
    void doublesItsWindowUpToTheMaximum() {
        long[] seen = new long[8];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = backoff.next().toMillis();
        }

        assertThat(seen).containsExactly(499, 999, 1999, 3999, 7999, 15_999, 29_999, 29_999);
    }

    @Test
    void beginsAgainAfterAReset() {
        backoff.next();
        backoff.next();

        backoff.reset();

        assertThat(backoff.next().toMillis()).isEqualTo(499);
    }
}
