// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.localratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private long nanos = 1_000;
    private final TokenBucket bucket =
            new TokenBucket(3, 1, TimeUnit.SECONDS.toNanos(2), () -> nanos);

    @Test
    void beginsFull() {
        assertThat(bucket.remainingTokens()).isEqualTo(3);
        assertThat(bucket.secondsToNextToken()).isZero();
    }

    @Test
    void refusesWhatItDoesNotHave() {
        assertThat(bucket.consume(4)).isFalse();
        assertThat(bucket.consume(3)).isTrue();
        assertThat(bucket.consume(1)).isFalse();
        assertThat(bucket.secondsToNextToken()).isEqualTo(2);
    }

    @Test
    void fillsEvenlyUpToItsMaximum() {
        assertThat(bucket.consume(3)).isTrue();
        nanos += TimeUnit.SECONDS.toNanos(3);

        assertThat(bucket.remainingTokens()).isEqualTo(1);
        nanos += TimeUnit.HOURS.toNanos(1);
        assertThat(bucket.remainingTokens()).isEqualTo(3);
    }

    @Test
    void takingNothingIsRefused() {
        assertThat(bucket.consume(0)).isFalse();
    }
}
