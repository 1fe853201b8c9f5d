// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostFilterTest {
    @ParameterizedTest
    @CsvSource({
        "b.local, b.local, true",
        "b.local, B.LOCAL, true",
        "b.local, c.b.local, false",
        "*.local, b.local, true",
        "*.local, c.b.local, true",
        "*.local, .local, false",
        "*.local, local, false",
        "*.LOCAL, b.local, true",
        "*, anything, true",
    })
    void acceptsNamesAndSuffixes(String pattern, String host, boolean accepted) {
        assertThat(new HostFilter(List.of(pattern)).accepts(host)).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource({"b.local"})
    void noPatternMeansEveryHost(String host) {
        assertThat(new HostFilter(List.of()).accepts(host)).isTrue();
    }
}
