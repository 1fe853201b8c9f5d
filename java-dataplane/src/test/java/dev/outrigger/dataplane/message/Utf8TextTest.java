// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8TextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a | \"a\"",
                "\u00c3\u00bc | \"\u00fc\"",
                "\u00f0\u009f\u0098\u0080 | \"\ud83d\ude00\"",
                "a\u00ffb | \"a b\"",
                "\u0080b | \" b\"",
                "a\u00c3bcd | \"a cd\"",
                "\u00e2\u0082Ab | \" b\"",
                "\u00e2Ab | \" b\"",
                "\u00e2\u00c3\u00bcd | \"  d\"",
                "\u00f4\u0090\u0080\u0080b | \" b\"",
                "a\u00c3 | \"a \"",
                "a\u00e2\u0082 | \"a \""
            })
    void whatIsNoUtf8IsASpace(String bytes, String text) {
        assertThat(Utf8Text.of(bytes.getBytes(ISO_8859_1))).isEqualTo(text);
    }
}
