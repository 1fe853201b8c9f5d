// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProgramSizeTest {
    record Row(int size, String pattern) {}

    static Stream<Row> rows() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/re2/sizes.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ", 2))
                .map(parts -> new Row(Integer.parseInt(parts[0]), parts[1]));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isAsEnvoyLogsIt(Row row) {
        assertThat(ProgramSize.of(row.pattern())).hasValue(row.size());
    }

    @Test
    void emptyPatternHasTheLoopBeforeItAndTheMatch() {
        assertThat(ProgramSize.of("")).hasValue(4);
    }

    @Test
    void isUnknownForWhatDoesNotFitInMemory() {
        String thousands = "(?:(?:abcdefghij){100}){10}";

        assertThat(ProgramSize.of(thousands.repeat(69) + "(?:abcdefghij){899}bb"))
                .hasValue(698_996);
        assertThat(ProgramSize.of(thousands.repeat(69) + "(?:abcdefghij){899}bbb"))
                .isEqualTo(OptionalInt.empty());
    }

    @Test
    void countsDeepRepetitions() {
        assertThat(ProgramSize.of("(?:" + "(?:a?".repeat(200) + ")?".repeat(200) + "){2}"))
                .isPresent();
        assertThat(ProgramSize.of("a{0,1000}")).isPresent();
    }
}
