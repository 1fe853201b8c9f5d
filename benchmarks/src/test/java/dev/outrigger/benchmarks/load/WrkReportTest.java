// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class WrkReportTest {

    @Test
    void readsTheLineOfTheScriptAmongWhatWrkPrints() throws IOException {
        var output =
                """
                Running 5s test @ http://127.0.0.1:1/
                  1 threads and 16 connections
                outrigger 1000 2000000 3 251 300 482 900 1500
                Requests/sec:  500.00
                """;

        assertThat(WrkReport.parse(output))
                .isEqualTo(new LoadResult(997, 3, 2.0, 251, 300, 482, 900, 1500));
    }

    @Test
    void refusesOutputWithoutTheLine() {
        assertThatThrownBy(() -> WrkReport.parse("unable to connect"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unable to connect");
    }
}
