// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcHealthCheckTest {
    private static boolean isServing(String hex) {
        return GrpcHealthCheck.isServing(HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000020801", "000000000512017a0801", "00000000060802080108 01"})
    void findsWhoServes(String hex) {
        assertThat(isServing(hex.replace(" ", ""))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0000000000",
                "00000000020802",
                "01000000020801",
                "00000000030801",
                "0000000002080100",
                "0000000002ff01",
                "000000000212ff",
                "000000000108",
            })
    void findsWhoDoesNot(String hex) {
        assertThat(isServing(hex)).isFalse();
    }
}
