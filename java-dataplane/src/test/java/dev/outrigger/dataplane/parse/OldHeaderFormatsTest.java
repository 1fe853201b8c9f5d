// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OldHeaderFormatsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%UPSTREAM_METADATA([\"a\"])%| %UPSTREAM_METADATA(a)%",
                "x%DYNAMIC_METADATA([ \"a\" , \"b\" ])%y| x%DYNAMIC_METADATA(a:b)%y",
                "%UPSTREAM_METADATA([\"\\u0061\"])%| %UPSTREAM_METADATA(a)%",
                "%PER_REQUEST_STATE(a.b)%| %FILTER_STATE(a.b:PLAIN)%",
                "%UPSTREAM_METADATA([\"a\"])%%PER_REQUEST_STATE(b)%| %UPSTREAM_METADATA(a)%%FILTER_STATE(b:PLAIN)%",
            })
    void putsOldWordsIntoTodays(String old, String today) {
        assertThat(OldHeaderFormats.translate(old)).isEqualTo(today);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%UPSTREAM_METADATA(a:b)%",
                "%UPSTREAM_METADATA([])%",
                "%UPSTREAM_METADATA([1])%%UPSTREAM_METADATA([\"a\"])%",
                "%UPSTREAM_METADATA([[\"a\"]])%",
                "%UPSTREAM_METADATA([\"a\"],[\"b\"])%",
                "%CLUSTER_METADATA([\"a\"])%",
                "%PER_REQUEST_STATE()%",
            })
    void leavesOtherWords(String value) {
        assertThat(OldHeaderFormats.translate(value)).isEqualTo(value);
    }

    @Test
    void stopsAtAListThatIsNoneOfTexts() {
        assertThat(
                        OldHeaderFormats.translate(
                                "%UPSTREAM_METADATA([\"a\"])%%UPSTREAM_METADATA([1])%%UPSTREAM_METADATA([\"b\"])%"))
                .isEqualTo(
                        "%UPSTREAM_METADATA(a)%%UPSTREAM_METADATA([1])%%UPSTREAM_METADATA([\"b\"])%");
    }
}
