// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.GrpcXdsConfig.RateLimit;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private final TokenBucket bucket = new TokenBucket(new RateLimit(2, 10), 0);

    @Test
    void refusesWhenEmptyAndSaysForHowLong() {
        assertThat(bucket.take(0)).isTrue();
        assertThat(bucket.take(0)).isTrue();
        assertThat(bucket.take(0)).isFalse();

        long until = bucket.untilNext().toNanos();

        assertThat(until).isBetween(99_000_000L, 101_000_000L);
        assertThat(bucket.take(until)).isTrue();
    }

    @Test
    void fillsNoHigherThanItsSize() {
        long later = TimeUnit.HOURS.toNanos(1);

        assertThat(bucket.take(later)).isTrue();
        assertThat(bucket.take(later)).isTrue();
        assertThat(bucket.take(later)).isFalse();
    }
}
