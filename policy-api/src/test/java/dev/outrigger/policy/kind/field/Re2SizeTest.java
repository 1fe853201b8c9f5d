// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Re2SizeTest {
    /** Sizes as Envoy 1.40.0 printed them when it refused the route, `--mode validate`. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "a{97} 101",
                "a{98} 102",
                "a{200} 204",
                ".{200} 404",
                "[^a]{90} 184",
                "\\Wb{95} 104",
                "\\S+b{95} 104",
                "\\pLb{95} 106",
                "\\PLb{95} 107",
                "[^/a-c]b{95} 102",
                "[[:^alpha:]]b{95} 102",
                "éb{95} 101",
                "(?i)abcb{95} 102",
                "/a/[^/]+/b/.*b{95} 110",
                "(abc|abd)b{95} 104",
            })
    void isNeverBelowEnvoys(String expression, int envoys) {
        assertThat(Re2Size.atMost(Pattern.compile(expression))).isGreaterThanOrEqualTo(envoys);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v[0-9]+/users/[^/]+/orders/.*",
        "(GET|HEAD|OPTIONS|TRACE|PUT|DELETE)",
        "\\S+@\\S+",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "\\Qa.b\\E.*",
    })
    void leavesOrdinaryExpressionsAlone(String expression) {
        assertThat(Re2Size.atMost(Pattern.compile(expression)))
                .isLessThanOrEqualTo(Regexes.MAX_PROGRAM_SIZE);
    }
}
