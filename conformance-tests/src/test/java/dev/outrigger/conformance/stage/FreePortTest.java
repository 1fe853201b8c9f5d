// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FreePortTest {
    @Test
    void findsARangeBehindAPortThatIsTaken() throws IOException {
        int before = FreePort.range(2) + 1;
        try (var _ = new ServerSocket(before + 2, 1, InetAddress.getLoopbackAddress())) {
            int first = FreePort.range(4);

            assertThat(first).isGreaterThan(before + 2);
            for (int i = 0; i < 4; i++) {
                try (var free = new ServerSocket(first + i, 1, InetAddress.getLoopbackAddress())) {
                    assertThat(free.getLocalPort()).isEqualTo(first + i);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 101})
    void saysHowManyThereAre(int count) {
        assertThatThrownBy(() -> FreePort.range(count))
                .hasMessage("count: " + count + " (expected: 1..100)");
    }
}
