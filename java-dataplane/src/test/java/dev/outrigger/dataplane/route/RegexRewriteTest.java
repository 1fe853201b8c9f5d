// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.RouteActionConfig.RegexRewriteConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RE2's global replacement, as Envoy uses it (B3). */
class RegexRewriteTest {
    @ParameterizedTest
    @CsvSource({
        "a, x, /banana, /bxnxnx",
        "'^/([^/]+)(/.*)$', '\\2/\\1', /svc/v1, /v1/svc",
        "'a*', '-', baaac, '-b-c-'",
        "zzz, x, /a, /a",
        "(a), '\\1\\1', aba, aabaa",
        "a, '\\\\', /a, '/\\'",
        "a, '[\\0]', /a, '/[a]'",
        "a, 'x\\1', /a, /a",
        "a, 'x\\q', /ab, /xb",
        ".*, '', /a, ''",
    })
    void replacesEveryMatch(String pattern, String substitution, String text, String expected) {
        var rewrite = new RegexRewrite(new RegexRewriteConfig(pattern, substitution));

        assertThat(rewrite.replaceAll(text)).isEqualTo(expected);
    }
}
