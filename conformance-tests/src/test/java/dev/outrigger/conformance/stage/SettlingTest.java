// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SettlingTest {
    private static final Stats QUIET = Stats.parse("http.main.downstream_rq_active: 0\n");
    private static final Stats OPEN = Stats.parse("http.main.downstream_rq_active: 1\n");
    private static final Stats MORE =
            Stats.parse("http.main.downstream_rq_active: 1\ncluster.b.upstream_rq_retry: 1\n");
    private static final Stats ADMIN =
            Stats.parse("http.main.downstream_rq_active: 1\nhttp.admin.downstream_rq_total: 9\n");

    private final AtomicLong clock = new AtomicLong();
    private final Settling settling = new Settling(Duration.ofSeconds(1), clock::get);

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void isOverWhenItIsQuiet() {
        assertThat(settling.isOver(QUIET)).isTrue();
    }

    @Test
    void isOverWhenNothingHasChangedForAWhile() {
        assertThat(settling.isOver(OPEN)).isFalse();

        pass(Duration.ofMillis(600));
        assertThat(settling.isOver(ADMIN)).isFalse();

        pass(Duration.ofMillis(600));
        assertThat(settling.isOver(OPEN)).isTrue();
    }

    @Test
    void beginsAnewWithEachChange() {
        assertThat(settling.isOver(OPEN)).isFalse();

        pass(Duration.ofMillis(600));
        assertThat(settling.isOver(MORE)).isFalse();

        pass(Duration.ofMillis(600));
        assertThat(settling.isOver(MORE)).isFalse();
    }
}
