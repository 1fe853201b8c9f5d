// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTextTest {
    /** What Envoy shows of such numbers. */
    @ParameterizedTest
    @CsvSource({
        "3, 3, 3",
        "-0.0, -0, -0",
        "1.5, 1.5, 1.5",
        "5000000000, 5e+09, 5000000000",
        "123456.5, 123456, 123456.5",
        "123457.5, 123458, 123457.5",
        "0.00001, 1e-05, 1e-05",
        "0.1, 0.1, 0.1",
        "0.30000000000000004, 0.3, 0.30000000000000004",
        "0.3333333333333333, 0.333333, 0.33333333333333331",
        "1e14, 1e+14, 100000000000000",
        "1e15, 1e+15, 1e+15",
        "9007199254740992, 9.0072e+15, 9007199254740992",
        "5e-324, 4.94066e-324, 4.94065645841247e-324",
        "1.7976931348623157e308, 1.79769e+308, 1.7976931348623157e+308"
    })
    void hasAsManyDigitsAsEnvoys(double number, String six, String exact) {
        assertThat(NumberText.sixDigits(number)).isEqualTo(six);
        assertThat(NumberText.exact(number)).isEqualTo(exact);
    }
}
