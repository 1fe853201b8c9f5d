// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcTimeoutTest {
    @ParameterizedTest
    @CsvSource({
        "1S, 1000",
        "2M, 120000",
        "1H, 3600000",
        "5m, 5",
        "1u, 1",
        "1001u, 2",
        "1000000n, 1",
        "0S, 0",
        "1, -1",
        "S, -1",
        "-1S, -1",
        "1x, -1",
        "'', -1",
    })
    void readsMilliseconds(String value, long expected) {
        var headers = new HeaderBlock();
        headers.add(KnownHeader.GRPC_TIMEOUT, Ascii.bytes(value));

        assertThat(GrpcTimeout.millis(headers)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "500, 500m",
        "99999999, 99999999m",
        "100000000, 100000S",
        "99999999000, 99999999S",
        "100000000000, 1666666M"
    })
    void writesTheSmallestUnitThatFits(long millis, String expected) {
        var headers = new HeaderBlock();

        GrpcTimeout.set(headers, millis);

        assertThat(headers.text(KnownHeader.GRPC_TIMEOUT)).isEqualTo(expected);
    }
}
