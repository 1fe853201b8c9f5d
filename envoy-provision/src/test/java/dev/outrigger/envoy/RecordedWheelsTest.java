// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecordedWheelsTest {
    @Test
    void hasEveryVersionOfTheMatrixForEveryPlatform() {
        var recorded = RecordedWheels.shipped();

        for (var version : EnvoyVersion.MATRIX) {
            for (var tag :
                    List.of(
                            "manylinux_2_31_x86_64",
                            "manylinux_2_31_aarch64",
                            "macosx_15_0_arm64")) {
                assertThat(recorded.find(version, tag)).as(version + " " + tag).isPresent();
            }
        }
        assertThat(recorded.wheels()).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    void rejectsALineThatIsNoWheel() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RecordedWheels.parse("1.40.0 linux abc"))
                .withMessageContaining("expected: version, platform tag, SHA-256");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RecordedWheels.parse("1.40.0 linux abc def"))
                .withMessage("SHA-256: 'abc' (expected: 64 lower-case hexadecimal digits)");
    }
}
