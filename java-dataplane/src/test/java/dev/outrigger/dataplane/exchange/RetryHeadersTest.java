// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryOn;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.route.RetryPolicy;
import org.junit.jupiter.api.Test;

/** What internal callers may ask for by header (RT1, RT2). */
class RetryHeadersTest {
    private static HeaderBlock headers(String... pairs) {
        var headers = new HeaderBlock();
        for (int i = 0; i < pairs.length; i += 2) {
            headers.add(Ascii.bytes(pairs[i]), Ascii.bytes(pairs[i + 1]));
        }
        return headers;
    }

    @Test
    void asksForNothingWithoutHeaders() {
        assertThat(RetryHeaders.take(headers("x-a", "5xx"))).isSameAs(RetryHeaders.NONE);
    }

    @Test
    void readsTokensAndTakesTheHeadersAway() {
        var headers =
                headers(
                        "x-envoy-retry-on", "5xx, reset,bogus,unavailable",
                        "x-envoy-retry-grpc-on", "cancelled,5xx",
                        "x-envoy-max-retries", "7");

        var asked = RetryHeaders.take(headers);

        assertThat(asked.retryOn())
                .isEqualTo(
                        RetryPolicy.bit(RetryOn.FIVE_XX)
                                | RetryPolicy.bit(RetryOn.RESET)
                                | RetryPolicy.bit(RetryOn.CANCELLED));
        assertThat(asked.maxRetries()).isEqualTo(7);
        assertThat(headers.count()).isZero();
    }

    @Test
    void readsStatusCodesAndHeaderNames() {
        var asked =
                RetryHeaders.take(
                        headers(
                                "x-envoy-retriable-status-codes", "418, x,,429",
                                "x-envoy-retriable-header-names", "X-Again, x-other"));

        assertThat(asked.hasStatus(418)).isTrue();
        assertThat(asked.hasStatus(429)).isTrue();
        assertThat(asked.hasStatus(500)).isFalse();
        assertThat(asked.hasHeader(headers("x-again", ""))).isTrue();
        assertThat(asked.hasHeader(headers("x-more", ""))).isFalse();
    }

    @Test
    void leavesTheNumberToThePolicyWhenItIsNone() {
        assertThat(RetryHeaders.take(headers("x-envoy-max-retries", "many")).maxRetries())
                .isEqualTo(-1);
    }

    @Test
    void knowsWhetherAllTokensAreKnown() {
        assertThat(RetryHeaders.areTokens("5xx, reset", false)).isTrue();
        assertThat(RetryHeaders.areTokens("5xx,cancelled", false)).isFalse();
        assertThat(RetryHeaders.areTokens("cancelled", true)).isTrue();
    }
}
