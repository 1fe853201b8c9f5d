// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminPathTest {
    @ParameterizedTest
    @CsvSource({
        "/ready, /ready",
        "//ready, /ready",
        "/x/../ready, /ready",
        "/./ready, /ready",
        "/%72eady, /ready",
        "/stats//prometheus, /stats/prometheus",
        "/ready/, /ready/",
        "/.., /",
        "/../../ready, /ready",
        "/a%2Fb, /a%2Fb",
        "/a%2, /a%2",
        "/a%zz, /a%zz",
        "/, /",
        "ready, ready",
    })
    void findsThePathThatIsMeant(String written, String meant) {
        assertThat(AdminPath.normalized(written)).isEqualTo(meant);
    }
}
