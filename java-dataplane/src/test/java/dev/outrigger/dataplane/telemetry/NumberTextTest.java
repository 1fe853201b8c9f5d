// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

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

    /** What Envoy's JSON shows of such numbers. */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "0.1, 0.1",
        "1e4, 10000",
        "99999, 99999",
        "1e5, 1e+05",
        "-1e5, -1e+05",
        "1.5e5, 150000",
        "123456, 123456",
        "1e6, 1e+06",
        "1200000, 1200000",
        "2097152, 2097152",
        "12e10, 1.2e+11",
        "4503599627370497.5, 4503599627370498",
        "9007199254740993, 9007199254740992",
        "123456789012345680, 123456789012345680",
        "333333333333333333, 333333333333333312",
        "1e23, 1e+23",
        "2e23, 2e+23",
        "0.001, 0.001",
        "0.0001, 1e-04",
        "0.000012, 1.2e-05",
        "123456.789, 123456.789",
        "0.30000000000000004, 0.30000000000000004",
        "5e-324, 5e-324",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "1.7976931348623157e308, 1.7976931348623157e+308"
    })
    void hasAnExponentWhereThatIsShorter(double number, String shortest) {
        assertThat(NumberText.shortest(number)).isEqualTo(shortest);
    }
}
