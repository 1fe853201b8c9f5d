// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvoyVersionTest {
    @Test
    void readsAVersionWithOrWithoutTheLetter() {
        assertThat(EnvoyVersion.parse("1.40.0")).isEqualTo(EnvoyVersion.PINNED);
        assertThat(EnvoyVersion.parse("v1.36.4")).hasToString("1.36.4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.40", "1.40.0-dev", "1.40.0.1", "latest", "1.99999.0"})
    void rejectsWhatIsNoVersion(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EnvoyVersion.parse(text))
                .withMessage("Envoy version: '%s' (expected: three numbers, such as 1.40.0)", text);
    }

    @Test
    void readsTheVersionEnvoyPrints() {
        var printed =
                "\n/usr/bin/envoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23"
                        + "/1.40.0/Clean/RELEASE/BoringSSL\n";

        assertThat(EnvoyVersion.reportedBy(printed)).contains(EnvoyVersion.PINNED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version: 9e55809337/1.40.0/Modified/RELEASE/BoringSSL",
                "version: 9e55809337/1.40.0-dev/Clean/RELEASE/BoringSSL",
                "envoy 1.40.0",
                ""
            })
    void seesNoReleaseInOtherOutput(String printed) {
        assertThat(EnvoyVersion.reportedBy(printed)).isEmpty();
    }

    @Test
    void ordersByNumbersAndEndsTheMatrixWithThePinnedOne() {
        assertThat(EnvoyVersion.parse("1.9.0")).isLessThan(EnvoyVersion.parse("1.36.4"));
        assertThat(EnvoyVersion.MATRIX).isSorted().endsWith(EnvoyVersion.PINNED);
    }
}
