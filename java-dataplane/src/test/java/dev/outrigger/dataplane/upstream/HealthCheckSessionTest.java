// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.HealthCheckConfig;
import dev.outrigger.dataplane.parse.ParsedClusters;
import dev.outrigger.dataplane.upstream.HealthCheckSession.Failure;
import dev.outrigger.dataplane.upstream.HttpCheckVerdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a host is asked how it is, and what its answers make of it (HC1 to HC3). */
class HealthCheckSessionTest {
    private static final String INTERVALS =
            "interval: 5s, no_traffic_interval: 60s, no_traffic_healthy_interval: 90s,"
                    + " unhealthy_interval: 7s, unhealthy_edge_interval: 2s, healthy_edge_interval:"
                    + " 3s";

    private final TestClusters clusters = new TestClusters();
    private final Cluster cluster =
            clusters.apply(
                    "name: c\ntype: STATIC\nload_assignment: {cluster_name: c, endpoints:"
                            + " [{lb_endpoints: [{endpoint: {address: {socket_address: {address:"
                            + " 127.0.0.1, port_value: 1}}}}]}]}");
    private final Host host = cluster.hosts().iterator().next();
    private final List<String> told = new ArrayList<>();
    private int asked;
    private int givenUp;

    private final class Session extends HealthCheckSession {
        private Session(HealthChecker checker, Host checked) {
            super(checker, checked);
        }

        @Override
        void ask() {
            asked++;
        }

        @Override
        void giveUp() {
            givenUp++;
        }

        @Override
        String type() {
            return "TCP";
        }
    }

    @AfterEach
    void close() {
        clusters.close();
    }

    /** Two results of a kind are needed, and an answer within a second. */
    private Session start(String more) {
        HealthCheckConfig config =
                ParsedClusters.config(
                                "name: c\ntype: STATIC\nhealth_checks: [{timeout: 1s,"
                                        + " unhealthy_threshold: 2, healthy_threshold: 2,"
                                        + " tcp_health_check: {}, "
                                        + more
                                        + "}]")
                        .healthChecks()
                        .getFirst();
        var checker =
                new HealthChecker(
                        config,
                        cluster,
                        cluster.environment(),
                        (_, transition, passed) ->
                                told.add((passed ? "passed " : "failed ") + transition));
        var session = new Session(checker, host);
        session.start();
        return session;
    }

    private void pass(Duration duration) {
        clusters.loop.advance(duration);
    }

    @Test
    void theFirstAnswerCountsAtOnce_HC1() {
        host.set(HealthFlag.FAILED_ACTIVE_HC);
        Session session = start(INTERVALS);

        session.passed(false);

        assertThat(host.has(HealthFlag.FAILED_ACTIVE_HC)).isFalse();
        assertThat(told).containsExactly("passed CHANGED");
        assertThat(clusters.gauge("cluster.c.health_check.healthy")).isEqualTo(1);
    }

    @Test
    void laterOnesCountTogether() {
        host.set(HealthFlag.FAILED_ACTIVE_HC);
        Session session = start(INTERVALS);

        session.failed(Failure.NETWORK, false, 0);
        session.passed(false);
        assertThat(host.has(HealthFlag.FAILED_ACTIVE_HC)).isTrue();
        session.passed(false);

        assertThat(host.has(HealthFlag.FAILED_ACTIVE_HC)).isFalse();
        assertThat(told)
                .containsExactly("failed UNCHANGED", "passed CHANGE_PENDING", "passed CHANGED");
    }

    @Test
    void afterAFailureTheCountBeginsAnew() {
        host.set(HealthFlag.FAILED_ACTIVE_HC);
        Session session = start(INTERVALS);

        session.failed(Failure.NETWORK, false, 0);
        session.passed(false);
        session.failed(Failure.NETWORK, false, 0);
        session.passed(false);

        assertThat(host.has(HealthFlag.FAILED_ACTIVE_HC)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"NETWORK", "NETWORK_TIMEOUT"})
    void aHostThatIsSilentFailsAfterSeveralAttempts_HC2(Failure failure) {
        Session session = start(INTERVALS);
        session.passed(false);

        session.failed(failure, false, 0);
        assertThat(host.has(HealthFlag.FAILED_ACTIVE_HC)).isFalse();
        session.failed(failure, false, 0);

        assertThat(host.has(HealthFlag.FAILED_ACTIVE_HC)).isTrue();
        assertThat(told)
                .containsExactly("passed UNCHANGED", "failed CHANGE_PENDING", "failed CHANGED");
        assertThat(clusters.counter("cluster.c.health_check.failure")).isEqualTo(2);
        assertThat(clusters.counter("cluster.c.health_check.network_failure")).isEqualTo(2);
        assertThat(clusters.gauge("cluster.c.health_check.healthy")).isZero();
    }

    @Test
    void aHostThatAnswersBadlyFailsAtOnce_HC2() {
        Session session = start(INTERVALS);
        session.passed(false);

        session.judged(Verdict.FAILED, 500);

        assertThat(host.has(HealthFlag.FAILED_ACTIVE_HC)).isTrue();
        assertThat(clusters.counter("cluster.c.health_check.network_failure")).isZero();
    }

    @Test
    void aHostWhoseAnswerIsRetriableFailsAfterSeveral() {
        Session session = start(INTERVALS);
        session.passed(false);

        session.judged(Verdict.RETRIABLE, 503);
        assertThat(host.has(HealthFlag.FAILED_ACTIVE_HC)).isFalse();
        session.judged(Verdict.RETRIABLE, 503);

        assertThat(host.has(HealthFlag.FAILED_ACTIVE_HC)).isTrue();
    }

    @Test
    void aHostMayBeDegradedAndRecover() {
        Session session = start(INTERVALS);

        session.judged(Verdict.DEGRADED, 200);
        assertThat(host.has(HealthFlag.DEGRADED_ACTIVE_HC)).isTrue();
        assertThat(clusters.gauge("cluster.c.health_check.degraded")).isEqualTo(1);
        session.judged(Verdict.PASSED, 200);

        assertThat(host.has(HealthFlag.DEGRADED_ACTIVE_HC)).isFalse();
        assertThat(clusters.gauge("cluster.c.health_check.degraded")).isZero();
        assertThat(told).containsExactly("passed CHANGED", "passed CHANGED");
    }

    @Test
    void silenceIsGivenUp() {
        Session session = start(INTERVALS);
        session.passed(false);
        pass(Duration.ofSeconds(90));
        assertThat(asked).isEqualTo(2);

        pass(Duration.ofSeconds(1));

        assertThat(givenUp).isEqualTo(1);
        assertThat(told).containsExactly("passed UNCHANGED", "failed CHANGE_PENDING");
    }

    @Test
    void timeOutsAreRememberedOfHostsThatFailed() {
        Session session = start(INTERVALS);
        session.failed(Failure.NETWORK_TIMEOUT, false, 0);
        session.failed(Failure.NETWORK_TIMEOUT, false, 0);
        assertThat(host.has(HealthFlag.ACTIVE_HC_TIMEOUT)).isTrue();

        session.failed(Failure.NETWORK, false, 0);

        assertThat(host.has(HealthFlag.ACTIVE_HC_TIMEOUT)).isFalse();
    }

    @Test
    void aHostWithoutTrafficIsAskedRarely_HC3() {
        Session session = start(INTERVALS);

        session.passed(false);
        pass(Duration.ofSeconds(89));
        assertThat(asked).isEqualTo(1);
        pass(Duration.ofSeconds(1));
        assertThat(asked).isEqualTo(2);
        session.failed(Failure.NETWORK, false, 0);
        pass(Duration.ofSeconds(60));
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void theIntervalFollowsTheState_HC3() {
        cluster.noteTraffic();
        Session session = start(INTERVALS);

        session.passed(false);
        assertNextAfter(5);
        session.failed(Failure.NETWORK, false, 0);
        assertNextAfter(2);
        session.failed(Failure.NETWORK, false, 0);
        assertNextAfter(7);
        session.passed(false);
        assertNextAfter(3);
    }

    private void assertNextAfter(int seconds) {
        int before = asked;
        pass(Duration.ofSeconds(seconds).minusMillis(1));
        assertThat(asked).isEqualTo(before);
        pass(Duration.ofMillis(1));
        assertThat(asked).isEqualTo(before + 1);
    }

    @Test
    void theFirstQuestionMayWait() {
        var _ = start(INTERVALS + ", initial_jitter: 10s");

        assertThat(asked).isZero();
        pass(Duration.ofSeconds(10));
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void whoWaitsForTheFirstAnswerHearsOfTheEnd() {
        Session session = start(INTERVALS);

        session.close();
        pass(Duration.ofSeconds(200));
        session.passed(false);

        assertThat(told).containsExactly("passed UNCHANGED");
        assertThat(asked).isEqualTo(1);
        assertThat(givenUp).isEqualTo(1);
        assertThat(clusters.gauge("cluster.c.health_check.healthy")).isZero();
    }
}
