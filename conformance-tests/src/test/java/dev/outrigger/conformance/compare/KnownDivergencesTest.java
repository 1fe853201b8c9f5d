// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownDivergencesTest {
    private static final Difference SERVER =
            new Difference("response[1].header.server", Optional.of("a"), Optional.of("b"));

    @Test
    void explainsWhatAnEntryCovers() {
        var known =
                KnownDivergences.parse("| DIV-1 | `http/*` | response[*].header.server | fun |");

        assertThat(known.explaining("http/plain/get", SERVER))
                .contains(
                        new KnownDivergences.Entry(
                                "DIV-1", "http/*", "response[*].header.server", "fun"));
        assertThat(known.explaining("retry/x/y", SERVER)).isEmpty();
        assertThat(known.unused()).isEmpty();
    }

    @Test
    void reportsEntriesThatExplainNothing() {
        var known = KnownDivergences.parse("text\n\n| id | x |\n| DIV-7 | a | b | c |\n");

        assertThat(known.unused()).extracting(KnownDivergences.Entry::id).containsExactly("DIV-7");
    }

    @Test
    void rejectsAnEntryWithoutAReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KnownDivergences.parse("| DIV-1 | a | b | |"))
                .withMessage("DIV-1: no reason");
    }

    @Test
    void rejectsAMalformedRowAndADoubleId() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KnownDivergences.parse("| DIV-1 | a | b |"))
                .withMessageContaining("expected: | id | case | field | reason |");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        KnownDivergences.parse("| DIV-1 | a | b | c |\n| DIV-1 | d | e | f |"))
                .withMessageContaining("each once");
    }
}
