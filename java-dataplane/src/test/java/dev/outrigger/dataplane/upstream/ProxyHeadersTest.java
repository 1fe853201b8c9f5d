// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.ListenerFiltersConfig.PassThroughTlvs;
import dev.outrigger.dataplane.config.ProxyProtocolConfig;
import dev.outrigger.dataplane.config.ProxyTlv;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProxyHeadersTest {
    private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
    private static final ProxyProtocolConfig V1 = config(1, PassThroughTlvs.NONE);
    private static final ProxyProtocolConfig V2 = config(2, PassThroughTlvs.NONE);

    @Test
    void tellsBothEndsInALine() {
        assertThat(header(V1, client("1.2.3.4", "5.6.7.8")))
                .isEqualTo("PROXY TCP4 1.2.3.4 5.6.7.8 1111 80\r\n");
        assertThat(header(V1, client("1::2", "3::4")))
                .isEqualTo("PROXY TCP6 1::2 3::4 1111 80\r\n");
    }

    @Test
    void tellsBothEndsInBytes() {
        assertThat(header(V2, client("1.2.3.4", "5.6.7.8")))
                .isEqualTo(
                        SIGNATURE
                                + "!\u0011\0\u000c"
                                + "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008"
                                + "\u0004W\0P");
        assertThat(header(V2, client("1::2", "3::4"))).hasSize(16 + 36);
    }

    @Test
    void speaksForNobodyElseWithoutAClient() {
        assertThat(header(V2, null)).isEqualTo(SIGNATURE + " \0\0\0");
        assertThat(header(V1, null)).isEqualTo("PROXY UNKNOWN\r\n");
    }

    @Test
    void addsItsOwnTlvsBeforeThoseOfTheClient() {
        var config = config(2, new PassThroughTlvs(true, Set.of()), new ProxyTlv(0xe2, "own"));
        var client = client("1.2.3.4", "5.6.7.8", new ProxyTlv(0xe1, "a"), new ProxyTlv(0xe2, "b"));

        assertThat(header(config, client)).endsWith("\0P\u00e2\0\u0003own\u00e1\0\u0001a");
    }

    @Test
    void passesOnlyTlvsOfTypesThatAreNamed() {
        var config = config(2, new PassThroughTlvs(false, Set.of(0xe2)));
        var client = client("1.2.3.4", "5.6.7.8", new ProxyTlv(0xe1, "a"), new ProxyTlv(0xe2, "b"));

        assertThat(header(config, client)).endsWith("\0P\u00e2\0\u0001b");
    }

    @Test
    void leavesOutTlvsThatDoNotFit() {
        var config = config(2, PassThroughTlvs.NONE, new ProxyTlv(0xe1, "x".repeat(0xffff)));

        assertThat(header(config, client("1.2.3.4", "5.6.7.8")))
                .isEqualTo(header(V2, client("1.2.3.4", "5.6.7.8")));
    }

    private static ProxyProtocolConfig config(
            int version, PassThroughTlvs passThrough, ProxyTlv... added) {
        return new ProxyProtocolConfig(version, passThrough, List.of(added));
    }

    private static ProxiedConnection client(String source, String destination, ProxyTlv... tlvs) {
        return new ProxiedConnection(at(source, 1111), at(destination, 80), List.of(tlvs));
    }

    private static InetSocketAddress at(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(ip, e);
        }
    }

    private static String header(ProxyProtocolConfig config, @Nullable ProxiedConnection client) {
        ByteBuf header = ProxyHeaders.of(config, client, new EmbeddedChannel());
        try {
            return header.toString(ISO_8859_1);
        } finally {
            header.release();
        }
    }
}
