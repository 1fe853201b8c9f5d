// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.ConnectTimes;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
    private static final long START = 5_000_000_000L;

    private final StreamInfo info = new StreamInfo();
    private final FormatContext context =
            new FormatContext() {
                @Override
                public @Nullable RequestHead request() {
                    return null;
                }

                @Override
                public @Nullable ResponseHead response() {
                    return null;
                }

                @Override
                public StreamInfo info() {
                    return info;
                }
            };

    @BeforeEach
    void begin() {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        info.begin(ConnectionInfo.of(0, address, address), 0, START);
    }

    private long between(String argument) {
        return Durations.between(argument).applyAsLong(context);
    }

    @ParameterizedTest
    @CsvSource({
        "DS_RX_BEG:US_TX_BEG, 3",
        "DS_RX_BEG:US_TX_BEG:ms, 3",
        "DS_RX_BEG:US_TX_BEG:us, 3200",
        "DS_RX_BEG:US_TX_BEG:ns, 3200000"
    })
    void takesItsPrecisionFromTheArgument(String argument, long expected) {
        info.upstreamTxBegin(START + 3_200_000);

        assertThat(between(argument)).isEqualTo(expected);
    }

    @Test
    void isMissingWhereAPointWasNotReached() {
        assertThat(between("DS_RX_BEG:US_RX_END")).isNegative();
    }

    @Test
    void isMissingWhereTimeWouldRunBackwards() {
        info.upstreamTxBegin(START + 1);

        assertThat(between("US_TX_BEG:DS_RX_BEG")).isNegative();
    }

    @ParameterizedTest
    @CsvSource({
        "US_CX_BEG:US_CX_END:us, 30",
        "US_CX_BEG:US_HS_END:us, 50",
        "DS_RX_BEG:US_CX_END:us, 30",
        "DS_HS_BEG:DS_HS_END, -1"
    })
    void knowsWhenConnectionsWereMade(String argument, long expected) {
        info.setConnectTimes(ConnectTimes.of(START, START + 50_000, 20_000));

        assertThat(between(argument)).isEqualTo(expected);
    }

    @Test
    void knowsNoHandshakeOfACleartextConnection() {
        info.setConnectTimes(ConnectTimes.of(START, START + 50_000, -1));

        assertThat(between("US_CX_BEG:US_CX_END:us")).isEqualTo(50);
        assertThat(between("US_CX_BEG:US_HS_END:us")).isNegative();
    }

    @Test
    void isMissingForPointsThatOnlyExtensionsSet() {
        assertThat(between("DS_RX_BEG:mine")).isNegative();
    }

    @Test
    void forgetsTheTimesOfAnAttemptThatAnotherFollows() {
        info.upstreamTxBegin(START + 1_000_000);
        info.upstreamTxEnd(START + 2_000_000);

        info.setUpstreamConnection("127.0.0.1:2", Protocol.HTTP_1_1, 1, new BytesMeter());

        assertThat(between("DS_RX_BEG:US_TX_BEG")).isNegative();
        assertThat(between("DS_RX_BEG:US_TX_END")).isNegative();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''| COMMON_DURATION requires parameters",
                "DS_RX_BEG| Invalid common duration configuration: DS_RX_BEG.",
                "A:B:C:D| Invalid common duration configuration: A:B:C:D.",
                "DS_RX_BEG:DS_RX_END:s| Invalid common duration precision: s."
            })
    void refusesWhatIsNoDuration(String argument, String message) {
        assertThatThrownBy(() -> between(argument))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
