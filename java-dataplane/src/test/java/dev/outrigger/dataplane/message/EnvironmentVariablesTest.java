// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EnvironmentVariablesTest {
    @Test
    void keepsBytesThatAreNoText() {
        var variables = variables("A=\u00ff\u00c3\u00a9x\0");

        assertThat(variables.get("A")).isEqualTo("\u00ff\u00c3\u00a9x");
    }

    @Test
    void findsNamesThatAreNotAscii() {
        var variables = variables("V\u00c3\u0089=1\0");

        assertThat(variables.get("V\u00c9")).isEqualTo("1");
    }

    @Test
    void splitsAtTheFirstEqualsSign() {
        var variables = variables("A=b=c\0E=\0");

        assertThat(variables.get("A")).isEqualTo("b=c");
        assertThat(variables.get("E")).isEmpty();
    }

    @Test
    void takesTheFirstOfSeveral() {
        assertThat(variables("A=1\0A=2\0").get("A")).isEqualTo("1");
    }

    @Test
    void knowsNothingOfWhatIsNotSet() {
        var variables = variables("A=1\0nothing\0=x\0");

        assertThat(variables.get("B")).isNull();
        assertThat(variables.get("nothing")).isNull();
        assertThat(variables.get("")).isNull();
    }

    @Test
    void readsTheProcessItRunsIn() {
        assertThat(EnvironmentVariables.read("PATH")).isEqualTo(System.getenv("PATH"));
    }

    private static EnvironmentVariables variables(String block) {
        return EnvironmentVariables.parse(block.getBytes(ISO_8859_1));
    }
}
