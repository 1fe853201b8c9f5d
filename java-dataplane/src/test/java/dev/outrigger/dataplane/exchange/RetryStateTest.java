// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.RuntimeLayerConfig;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.exchange.RetryState.Verdict;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.parse.ParsedRoutes;
import dev.outrigger.dataplane.route.Heads;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.route.RouteContext;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.TestClusters;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is tried again, how often, and after which pause (section 4). */
class RetryStateTest {
    private static final long NOON = 1_000_000_000_000L;

    private final TestClusters clusters = new TestClusters();
    private final ResponseCharges charges = new ResponseCharges(clusters.worker.stats());
    private RuntimeLayers runtime = RuntimeLayers.none();
    private RetryState retries = newState();

    private RetryState newState() {
        return new RetryState(
                clusters.worker.stats(), new SplittableRandom(3), () -> runtime.snapshot());
    }

    @AfterEach
    void close() {
        clusters.close();
    }

    /** Begins an exchange on a route with this retry policy, by a request with these lines. */
    private void begin(String policy, String... lines) {
        beginWith("", policy, lines);
    }

    private void beginWith(String thresholds, String policy, String... lines) {
        Cluster cluster = clusters.apply("name: c\ntype: STATIC\n" + thresholds);
        Routes routes =
                new Routes(
                        ParsedRoutes.table(
                                "name: r\nvirtual_hosts: [{name: v, domains: ['*'], routes:"
                                        + " [{match: {prefix: /}, route: {cluster: c, retry_policy: "
                                        + policy
                                        + "}}]}]"),
                        clusters.stats,
                        RuntimeLayers.none(),
                        config -> config);
        RequestHead head = Heads.get("/", lines);
        var context = new RouteContext();
        context.begin(0);
        Route route = requireNonNull(routes.find(head, context));
        charges.begin(cluster, route, head, RouterOptions.NONE, false);
        retries.begin(route.retryPolicy(), head, charges, cluster.breakers(false));
    }

    private static ResponseHead response(int status, String... headers) {
        var head = new ResponseHead();
        head.setStatus(status);
        for (String header : headers) {
            String[] parts = header.split(": ", 2);
            head.headers().add(Ascii.bytes(parts[0]), Ascii.bytes(parts[1]));
        }
        return head;
    }

    private Verdict on(int status, String... headers) {
        return retries.onResponse(response(status, headers), NOON);
    }

    @ParameterizedTest
    @CsvSource({
        "5xx, 500 503 599, 499 200 600",
        "gateway-error, 502 503 504, 500 501 505",
        "retriable-4xx, 409, 408 429 404 500",
        "retriable-status-codes, 418, 500 404",
        "connect-failure, '', 500 503",
        "'5xx,retriable-4xx', 500 409, 404",
    })
    void triesAgainByStatus(String retryOn, String tried, String final_) {
        for (String status : tried.split(" ")) {
            if (!status.isEmpty()) {
                begin("{retry_on: '" + retryOn + "', retriable_status_codes: [418]}");
                assertThat(on(Integer.parseInt(status))).as(status).isEqualTo(Verdict.YES);
                retries.end();
            }
        }
        for (String status : final_.split(" ")) {
            begin("{retry_on: '" + retryOn + "', retriable_status_codes: [418]}");
            assertThat(on(Integer.parseInt(status))).as(status).isEqualTo(Verdict.NO);
            retries.end();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cancelled, 1, 2",
        "deadline-exceeded, 4, 5",
        "resource-exhausted, 8, 7",
        "internal, 13, 12",
        "unavailable, 14, 15",
    })
    void triesAgainByGrpcStatus(String retryOn, int tried, int other) {
        begin("{retry_on: " + retryOn + "}");

        assertThat(on(200, "grpc-status: " + other)).isEqualTo(Verdict.NO);
        assertThat(on(200)).isEqualTo(Verdict.NO);
        assertThat(on(200, "grpc-status: " + tried)).isEqualTo(Verdict.YES);
    }

    @ParameterizedTest
    @CsvSource({
        "5xx, REMOTE_RESET, true, YES",
        "gateway-error, PROTOCOL_ERROR, true, YES",
        "reset, CONNECTION_TERMINATION, true, YES",
        "reset, OVERFLOW, false, NO",
        "5xx, OVERFLOW, false, NO",
        "connect-failure, REMOTE_CONNECTION_FAILURE, false, YES",
        "connect-failure, CONNECTION_TIMEOUT, false, YES",
        "connect-failure, REMOTE_RESET, true, NO",
        "refused-stream, REMOTE_REFUSED, true, YES",
        "refused-stream, REMOTE_RESET, true, NO",
        "reset-before-request, REMOTE_RESET, false, YES",
        "reset-before-request, REMOTE_RESET, true, NO",
        "retriable-4xx, REMOTE_RESET, true, NO",
    })
    void triesAgainByReset(String retryOn, StreamReset reset, boolean sent, Verdict verdict) {
        begin("{retry_on: " + retryOn + "}");

        assertThat(retries.onReset(reset, sent)).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"5xx, YES", "gateway-error, YES", "reset, YES", "connect-failure, NO"})
    void takesATimeoutOfATryForAReset(String retryOn, Verdict verdict) {
        begin("{retry_on: " + retryOn + "}");

        assertThat(retries.onPerTryTimeout()).isEqualTo(verdict);
    }

    @Test
    void hedgesWhateverWasAskedFor() {
        begin("{retry_on: connect-failure}");

        assertThat(retries.onHedge()).isEqualTo(Verdict.YES);
    }

    @Test
    void leavesWhatTheHostLimitsAlone_RT5() {
        begin("{retry_on: 5xx}");
        assertThat(on(503, "x-envoy-ratelimited: true")).isEqualTo(Verdict.NO);

        begin("{retry_on: 'envoy-ratelimited'}");
        assertThat(on(429, "x-envoy-ratelimited: true")).isEqualTo(Verdict.YES);
    }

    @Test
    void readsHeadersOfResponsesAndRequests() {
        String policy =
                "{retry_on: retriable-headers, retriable_headers: [{name: x-again}],"
                        + " retriable_request_headers: [{name: x-may}]}";
        begin(policy, "x-may: 1");
        assertThat(on(200)).isEqualTo(Verdict.NO);
        assertThat(on(200, "x-again: 1")).isEqualTo(Verdict.YES);

        begin(policy);
        assertThat(retries.isEnabled()).isFalse();
        assertThat(on(200, "x-again: 1")).isEqualTo(Verdict.NO);
    }

    @Test
    void callersAskForMore_RT1() {
        begin(
                "{retry_on: connect-failure}",
                "x-envoy-retry-on: 5xx,retriable-status-codes",
                "x-envoy-retriable-status-codes: 404",
                "x-envoy-max-retries: 3");

        assertThat(on(404)).isEqualTo(Verdict.YES);
        assertThat(on(500)).isEqualTo(Verdict.YES);
        assertThat(on(500)).isEqualTo(Verdict.YES);
        assertThat(on(500)).isEqualTo(Verdict.LIMIT_EXCEEDED);
    }

    @Test
    void triesOnceWhereNobodySaysHowOften_RT2() {
        begin("{retry_on: 5xx}");

        assertThat(on(500)).isEqualTo(Verdict.YES);
        assertThat(on(500)).isEqualTo(Verdict.LIMIT_EXCEEDED);
        assertThat(clusters.counter("cluster.c.upstream_rq_retry_limit_exceeded")).isEqualTo(1);
    }

    @Test
    void neverTriesWithoutAPolicy() {
        begin("{}");

        assertThat(retries.isEnabled()).isFalse();
        assertThat(on(500)).isEqualTo(Verdict.NO);
        assertThat(retries.onReset(StreamReset.REMOTE_RESET, false)).isEqualTo(Verdict.NO);
    }

    @Test
    void holdsOneOfTheRetriesThatMayRunUntilTheNextOutcome_RT9() {
        String one = "circuit_breakers: {thresholds: [{max_retries: 1}]}\n";
        beginWith(one, "{retry_on: 5xx, num_retries: 5}");
        assertThat(on(500)).isEqualTo(Verdict.YES);

        var other = newState();
        RetryState first = retries;
        retries = other;
        beginWith(one, "{retry_on: 5xx, num_retries: 5}");
        assertThat(on(500)).isEqualTo(Verdict.OVERFLOW);
        assertThat(clusters.counter("cluster.c.upstream_rq_retry_overflow")).isEqualTo(1);

        first.end();
        assertThat(on(500)).isEqualTo(Verdict.YES);
    }

    @Test
    void countsARetryThatHelped_RT11() {
        begin("{retry_on: 5xx}");
        assertThat(on(500)).isEqualTo(Verdict.YES);
        retries.onRetry();
        assertThat(on(200)).isEqualTo(Verdict.NO);

        assertThat(clusters.counter("cluster.c.upstream_rq_retry")).isEqualTo(1);
        assertThat(clusters.counter("cluster.c.upstream_rq_retry_success")).isEqualTo(1);
    }

    @Test
    void countsNothingOfARetryWhosePauseDoesNotEnd() {
        begin("{retry_on: 5xx}");
        assertThat(on(500)).isEqualTo(Verdict.YES);
        retries.end();

        assertThat(clusters.counter("cluster.c.upstream_rq_retry")).isZero();
    }

    @Test
    void obeysTheRuntime_RT3() {
        runtime =
                new RuntimeLayers(
                        List.of(
                                new RuntimeLayerConfig.Static(
                                        "s",
                                        Map.of("upstream.use_retry", RuntimeValue.number(0, "0")))),
                        "");
        begin("{retry_on: 5xx}");

        assertThat(on(500)).isEqualTo(Verdict.NO);
    }

    @Test
    void givesUpWhatItCannotRepeat_RT20() {
        begin("{retry_on: 5xx}");
        retries.disable();

        assertThat(on(500)).isEqualTo(Verdict.NO);
    }

    @Test
    void drawsPausesBelowABoundThatDoubles_RT14() {
        begin("{retry_on: 5xx, num_retries: 100}");

        for (long bound : new long[] {25, 50, 100, 200, 250, 250, 250}) {
            assertThat(on(500)).isEqualTo(Verdict.YES);
            assertThat(retries.backoffMillis()).isBetween(0L, bound - 1);
        }
    }

    @Test
    void drawsPausesBelowTheBoundsOfThePolicy_RT13() {
        begin(
                "{retry_on: 5xx, num_retries: 100, retry_back_off: {base_interval: 2s,"
                        + " max_interval: 3s}}");

        for (long bound : new long[] {2000, 3000, 3000}) {
            assertThat(on(500)).isEqualTo(Verdict.YES);
            assertThat(retries.backoffMillis()).isBetween(0L, bound - 1);
        }
    }

    @Test
    void waitsAsLongAsTheHostSaysAndUpToHalfOfThatMore_RT15() {
        begin(
                "{retry_on: 5xx, num_retries: 9, rate_limited_retry_back_off: {reset_headers:"
                        + " [{name: retry-after, format: SECONDS}, {name: x-reset, format:"
                        + " UNIX_TIMESTAMP}], max_interval: 60s}}");

        assertThat(on(500, "retry-after: 4")).isEqualTo(Verdict.YES);
        assertThat(retries.backoffMillis()).isBetween(4000L, 5999L);
        assertThat(on(500, "x-reset: 1000000010")).isEqualTo(Verdict.YES);
        assertThat(retries.backoffMillis()).isBetween(10_000L, 14_999L);
        assertThat(on(500, "retry-after: 61")).isEqualTo(Verdict.YES);
        assertThat(retries.backoffMillis()).isLessThan(25);
    }
}
