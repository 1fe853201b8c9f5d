// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2loadLogTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void countsAnswersAndTheirTimesAndEverythingElseAsErrors() throws IOException {
        var log = folder.resolve("log");
        Files.writeString(log, "1\t200\t100\n2\t200\t300\n3\t503\t9\n4\t-1\t9\n");

        var result = H2loadLog.read(log, 2);

        assertThat(result.requests()).isEqualTo(2);
        assertThat(result.errors()).isEqualTo(2);
        assertThat(result.requestsPerSecond()).isEqualTo(1);
        assertThat(result.p50Micros()).isEqualTo(100);
        assertThat(result.maxMicros()).isEqualTo(300);
    }

    @Test
    void refusesALineThatIsNone() throws IOException {
        var log = folder.resolve("log");
        Files.writeString(log, "finished\n");

        assertThatThrownBy(() -> H2loadLog.read(log, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'finished'");
    }
}
