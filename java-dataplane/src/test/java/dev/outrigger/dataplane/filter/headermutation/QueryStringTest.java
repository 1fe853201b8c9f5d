// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.headermutation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryStringTest {
    @ParameterizedTest
    @CsvSource({
        "/p, /p",
        "/p?, /p",
        "/p?b=1&a=2, /p?a=2&b=1",
        "/p?a=1&a=2, /p?a=1&a=2",
        "/p?d&=v, /p?=v&d=",
        "/p?a=%7Ex, /p?a=~x",
        "/p?a=%2, /p?a=%2",
        "/p?a=%zz, /p?a=%zz",
        "/p?a=b=c, /p?a=b=c",
    })
    void writesWhatItRead(String path, String again) {
        assertThat(QueryString.parse(path).path()).isEqualTo(again);
    }

    @ParameterizedTest
    @CsvSource({"n w, n%20w", "a-b_c.d~e, a-b_c.d~e", "/&=, %2F%26%3D"})
    void encodesNewValues(String text, String encoded) {
        assertThat(QueryString.encode(text)).isEqualTo(encoded);
    }
}
