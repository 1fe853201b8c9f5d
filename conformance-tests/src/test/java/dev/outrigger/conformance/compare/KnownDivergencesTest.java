// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownDivergencesTest {
    private static final String SERVER = "response[1].header.server";

    @Test
    void explainsWhatAnEntryCovers() {
        var known =
                KnownDivergences.parse(
                        "| DIV-1 | intended | `http/*`, hcm/a/b | response[*].header.server | fun |");

        assertThat(known.explaining("http/plain/get", SERVER))
                .contains(
                        new KnownDivergences.Entry(
                                "DIV-1",
                                KnownDivergences.Kind.INTENDED,
                                List.of("http/*", "hcm/a/b"),
                                List.of("response[*].header.server"),
                                "fun"));
        assertThat(known.explaining("hcm/a/b", SERVER)).isPresent();
        assertThat(known.explaining("retry/x/y", SERVER)).isEmpty();
        assertThat(known.explaining("http/plain/get", "response[1].status")).isEmpty();
        assertThat(known.unused()).isEmpty();
    }

    @Test
    void reportsEntriesThatExplainNothing() {
        var known = KnownDivergences.parse("text\n\n| id | x |\n| DIV-7 | defect | a | b | #1 |\n");

        assertThat(known.unused()).extracting(KnownDivergences.Entry::id).containsExactly("DIV-7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "| DIV-1 | intended | a | b | |; DIV-1: no reason",
                "| DIV-1 | defect | a | b | c |; DIV-1: a defect without an issue",
                "| DIV-1 | meant | a | b | c |; kind 'meant' (expected: intended or defect)",
                "| DIV-1 | a | b | c |; expected: | id | kind | cases | fields | reason |",
                "| DIV-x | intended | a | b | c |; expected: DIV-<number>",
            })
    void rejectsAMalformedRow(String row, String part) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KnownDivergences.parse(row))
                .withMessageContaining(part);
    }

    @Test
    void rejectsADoubleId() {
        var row = "| DIV-1 | intended | a | b | c |\n";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KnownDivergences.parse(row + row))
                .withMessageContaining("each once");
    }
}
