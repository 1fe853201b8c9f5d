// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimersTest {
    private static final long MILLI = 1_000_000;

    private final FakeLoop loop = new FakeLoop();
    private final Timers timers = new Timers(loop);
    private final List<String> fired = new ArrayList<>();

    private static final class FakeLoop implements Timers.Loop {
        private long now;
        private final List<Long> wakeUps = new ArrayList<>();

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void wakeUpAfter(long delay, TimeUnit unit) {
            wakeUps.add(now + unit.toNanos(delay));
        }

        @Override
        public void execute(Runnable task) {
            throw new UnsupportedOperationException("timers only");
        }
    }

    private void advanceTo(long millis) {
        loop.now = millis * MILLI;
        timers.fire();
    }

    @Test
    void firesOnceAndInOrder() {
        Timers.Timer late = timers.timer(() -> fired.add("late"));
        Timers.Timer early = timers.timer(() -> fired.add("early"));
        late.arm(0, 20 * MILLI);
        early.arm(0, 10 * MILLI);

        advanceTo(9);
        assertThat(fired).isEmpty();
        advanceTo(30);
        advanceTo(60);

        assertThat(fired).containsExactly("early", "late");
        assertThat(timers.queued()).isZero();
    }

    @Test
    void rearmingLaterCostsNoWakeUpUntilTheOldTime() {
        Timers.Timer timer = timers.timer(() -> fired.add("x"));
        timer.arm(0, 10 * MILLI);
        for (int i = 1; i < 9; i++) {
            loop.now = i * MILLI;
            timer.arm(loop.now, 10 * MILLI);
        }
        assertThat(loop.wakeUps).hasSize(1);

        advanceTo(10);
        assertThat(fired).isEmpty();
        advanceTo(18);
        assertThat(fired).containsExactly("x");
    }

    @Test
    void disarmedNeverFires() {
        Timers.Timer timer = timers.timer(() -> fired.add("x"));
        timer.arm(0, 10 * MILLI);
        timer.disarm();

        advanceTo(100);

        assertThat(fired).isEmpty();
        assertThat(timers.queued()).isZero();
    }

    @Test
    void discardedLeavesTheOthersInOrder() {
        var all = new ArrayList<Timers.Timer>();
        for (int i = 0; i < 20; i++) {
            int n = i;
            Timers.Timer timer = timers.timer(() -> fired.add("t" + n));
            timer.arm(0, (20 - i) * MILLI);
            all.add(timer);
        }
        for (int i = 0; i < 20; i += 2) {
            all.get(i).discard();
        }

        for (int ms = 1; ms <= 20; ms++) {
            advanceTo(ms);
        }

        assertThat(fired)
                .containsExactly("t19", "t17", "t15", "t13", "t11", "t9", "t7", "t5", "t3", "t1");
    }
}
