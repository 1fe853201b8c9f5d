// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectionGuardTest {
    private static final ConnectionLimits LIMITS =
            new ConnectionLimits(
                    3, Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofMinutes(2));

    private final AtomicLong now = new AtomicLong();
    private final ConnectionGuard guard =
            new ConnectionGuard(
                    LIMITS,
                    now::get,
                    new ApiMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    private final List<FakeChannel> channels = new ArrayList<>();

    private static final class FakeChannel implements Channel {
        private boolean isOpen = true;

        @Override
        public boolean isOpen() {
            return isOpen;
        }

        @Override
        public void close() {
            isOpen = false;
        }
    }

    private static SocketAddress peer(int number) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1_000 + number);
    }

    /** The number of a connection accepted a second after the one before. */
    private int accept() {
        pass(Duration.ofSeconds(1));
        var channel = new FakeChannel();
        channels.add(channel);
        int number = channels.size() - 1;
        guard.accepted(peer(number), channel);
        return number;
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private List<Integer> open() {
        var open = new ArrayList<Integer>();
        for (int i = 0; i < channels.size(); i++) {
            if (channels.get(i).isOpen) {
                open.add(i);
            }
        }
        return open;
    }

    @Test
    void theOneThatNeverAskedForLongestGoesFirst() {
        int oldest = accept();
        guard.asked(peer(oldest));
        guard.answered(peer(oldest));
        int silent = accept();
        accept();

        accept();

        assertThat(open()).doesNotContain(silent).hasSize(3);
    }

    @Test
    void thenTheOneThatIsIdleForLongest() {
        for (int i = 0; i < 3; i++) {
            guard.asked(peer(accept()));
        }
        guard.answered(peer(1));
        guard.answered(peer(2));
        int fourth = accept();
        guard.asked(peer(fourth));

        assertThat(open()).contains(0, 2);
    }

    @Test
    void neverOneThatIsBeingAnswered() {
        for (int i = 0; i < 3; i++) {
            guard.asked(peer(accept()));
        }

        accept();

        assertThat(open()).containsExactly(0, 1, 2);
    }

    @Test
    void oneThatIsGoneMakesRoom() {
        accept();
        accept();
        accept();
        channels.get(1).close();

        accept();

        assertThat(open()).containsExactly(0, 2, 3);
        assertThat(guard.size()).isEqualTo(3);
    }

    @Test
    void aHeadHasItsTime() {
        accept();
        pass(LIMITS.head());
        guard.sweep();
        assertThat(open()).containsExactly(0);

        pass(Duration.ofNanos(1));
        guard.sweep();

        assertThat(open()).isEmpty();
        assertThat(guard.size()).isZero();
    }

    @Test
    void anIdleConnectionHasMore() {
        guard.asked(peer(accept()));
        guard.answered(peer(0));
        pass(LIMITS.idle());
        guard.sweep();
        assertThat(open()).containsExactly(0);

        pass(Duration.ofNanos(1));
        guard.sweep();

        assertThat(open()).isEmpty();
    }

    @Test
    void anAnswerNobodyReadsEndsAndAWaitDoesNot() {
        guard.asked(peer(accept()));
        guard.asked(peer(accept()));
        guard.answers(peer(1));
        pass(LIMITS.answer().plusNanos(1));

        guard.sweep();

        assertThat(open()).containsExactly(0);
    }
}
