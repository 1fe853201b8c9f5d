// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many requests are answered at a time: more while that is quick, half as many when not. */
class AdmissionTest {
    private static final Duration QUICK = Duration.ofMillis(1);
    private static final Duration SLOW = Admission.SLOW.plusMillis(1);

    private final AtomicLong nanos = new AtomicLong();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Deque<Admission.Place> inside = new ArrayDeque<>();
    private final Admission admission =
            new Admission(
                    new RequestRates(1, 1, nanos::get),
                    new ApiMetrics(registry),
                    nanos::get,
                    Duration.ZERO);

    AdmissionTest() {
        admission.observe();
    }

    private void enter(int count) {
        for (int i = 0; i < count; i++) {
            inside.push(admission.enter());
        }
    }

    /** All that are inside are done after that time. */
    private void leave(Duration took) {
        nanos.addAndGet(took.toNanos());
        while (!inside.isEmpty()) {
            inside.pop().close();
        }
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void beginsInTheMiddleAndShowsTheLimit() {
        enter(3);

        assertThat(admission.limit()).isEqualTo(Admission.INITIAL_CONCURRENT);
        assertThat(gauge("outrigger.http.concurrency.limit"))
                .isEqualTo(Admission.INITIAL_CONCURRENT);
        assertThat(gauge("outrigger.http.concurrency")).isEqualTo(3);
        assertThat(registry.scrape())
                .contains("outrigger_http_concurrency_limit 64.0")
                .contains("outrigger_http_concurrency 3.0");
    }

    @Test
    void risesByOneForEachQuickAnswerWhileMostOfItIsUsed() {
        enter(Admission.INITIAL_CONCURRENT);
        nanos.addAndGet(QUICK.toNanos());

        inside.pop().close();

        assertThat(admission.limit()).isEqualTo(Admission.INITIAL_CONCURRENT + 1);
        assertThat(gauge("outrigger.http.concurrency.limit"))
                .isEqualTo(Admission.INITIAL_CONCURRENT + 1);
    }

    @Test
    void staysWhereItIsWhileLittleOfItIsUsed() {
        enter(1);

        leave(QUICK);

        assertThat(admission.limit()).isEqualTo(Admission.INITIAL_CONCURRENT);
    }

    @Test
    void halvesWhenAnAnswerIsSlow() {
        enter(1);

        leave(SLOW);

        assertThat(admission.limit()).isEqualTo(Admission.INITIAL_CONCURRENT / 2);
    }

    @Test
    void neverFallsBelowItsFloor() {
        for (int i = 0; i < 20; i++) {
            enter(1);
            leave(SLOW);
        }

        assertThat(admission.limit()).isEqualTo(Admission.MIN_CONCURRENT);
        enter(Admission.MIN_CONCURRENT);
        assertThatThrownBy(admission::enter).isInstanceOf(Problem.Raised.class);
    }

    @Test
    void neverRisesAboveItsCeiling() {
        for (int i = 0; i < 20; i++) {
            enter(admission.limit());
            leave(QUICK);
        }

        assertThat(admission.limit()).isEqualTo(Admission.MAX_CONCURRENT);
    }

    @Test
    void recoversFromItsFloor() {
        for (int i = 0; i < 20; i++) {
            enter(1);
            leave(SLOW);
        }
        enter(admission.limit());

        leave(QUICK);

        assertThat(admission.limit()).isGreaterThan(Admission.MIN_CONCURRENT);
    }

    @Test
    void whoFindsNoPlaceIsToldWhenToComeBack() {
        enter(Admission.INITIAL_CONCURRENT);

        assertThatThrownBy(admission::enter)
                .isInstanceOfSatisfying(
                        Problem.Raised.class,
                        raised -> {
                            assertThat(raised.problem().status()).isEqualTo(503);
                            assertThat(raised.problem().headers()).containsKey("Retry-After");
                        });
        assertThat(registry.get("outrigger.http.refused").tag("reason", "concurrency").counter())
                .satisfies(counter -> assertThat(counter.count()).isEqualTo(1));
        inside.pop().close();
        enter(1);
        assertThat(gauge("outrigger.http.concurrency")).isEqualTo(Admission.INITIAL_CONCURRENT);
    }
}
