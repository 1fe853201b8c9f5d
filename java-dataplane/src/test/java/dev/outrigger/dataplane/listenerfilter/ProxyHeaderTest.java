// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.listenerfilter.ProxyHeader.Outcome;
import dev.outrigger.dataplane.listenerfilter.ProxyHeader.Tlv;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final String V2 = "0d0a0d0a000d0a515549540a";
    private static final String ADDRESSES = "010203040506070800500051";

    @Test
    void readsVersion1() {
        assertThat(text("PROXY TCP4 1.2.3.4 5.6.7.8 11 22\r\nrest"))
                .isEqualTo(
                        new Outcome.Header(1, at("1.2.3.4", 11), at("5.6.7.8", 22), List.of(), 34));
    }

    @Test
    void leavesAnUnknownConnectionAsItIs() {
        assertThat(text("PROXY UNKNOWN whatever\r\n"))
                .isEqualTo(new Outcome.Header(1, null, null, List.of(), 24));
    }

    @Test
    void waitsForTheEndOfTheLine() {
        String line = "PROXY TCP4 1.2.3.4 5.6.7.8 11 22\r\n";

        for (int i = 1; i < line.length(); i++) {
            assertThat(text(line.substring(0, i))).isEqualTo(new Outcome.NeedMore());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 1.2.3.4 5.6.7.8 11\r\n",
                "PROXY TCP4 ::1 ::2 11 22\r\n",
                "PROXY TCP6 1.2.3.4 5.6.7.8 11 22\r\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 11 65536\r\n",
                "PROXY TCP4 0.0.0.0 5.6.7.8 11 22\r\n",
                "PROXY TCP4 host 5.6.7.8 11 22\r\n",
                "PROXY TCP4 1.2.3 5.6.7.8 11 22\r\n",
                "PROXY \r\n              ",
            })
    void refusesLinesThatSayNothingUsable(String line) {
        assertThat(text(line)).isEqualTo(new Outcome.Malformed(1));
    }

    @Test
    void refusesLinesWithoutEnd() {
        assertThat(text("PROXY TCP4 " + "1".repeat(100))).isEqualTo(new Outcome.Malformed(1));
        assertThat(text("GET / HTTP/1.1\r\nhost: a")).isEqualTo(new Outcome.Malformed(0));
    }

    @Test
    void readsVersion2WithItsTlvs() {
        assertThat(hex(V2 + "21110012" + ADDRESSES + "ea0003" + "616263" + "ffff"))
                .isEqualTo(
                        new Outcome.Header(
                                2,
                                at("1.2.3.4", 80),
                                at("5.6.7.8", 81),
                                List.of(new Tlv(234, "abc")),
                                34));
    }

    @Test
    void leavesALocalConnectionAsItIs() {
        assertThat(hex(V2 + "20110004" + "aabbccdd" + "00"))
                .isEqualTo(new Outcome.Header(2, null, null, List.of(), 20));
    }

    @Test
    void waitsForTheWholeOfVersion2() {
        String header = V2 + "21110012" + ADDRESSES + "ea0003616263";

        for (int i = 2; i < header.length(); i += 2) {
            assertThat(hex(header.substring(0, i))).isEqualTo(new Outcome.NeedMore());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3111000c" + ADDRESSES,
                "2211000c" + ADDRESSES,
                "2131000c" + ADDRESSES,
                "21110008" + ADDRESSES,
                "2111000e" + ADDRESSES + "ea00",
                "21110010" + ADDRESSES + "ea000561",
                "2111000c" + "e00000010506070800500051",
            })
    void refusesVersion2ThatSaysNothingUsable(String rest) {
        assertThat(hex(V2 + rest)).isEqualTo(new Outcome.Malformed(2));
    }

    private static Outcome text(String text) {
        return ProxyHeader.parse(Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1)));
    }

    private static Outcome hex(String hex) {
        return ProxyHeader.parse(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
    }

    private static InetSocketAddress at(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }
}
