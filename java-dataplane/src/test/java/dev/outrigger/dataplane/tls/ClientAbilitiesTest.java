// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.outrigger.dataplane.x509.Certificate.KeyType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class ClientAbilitiesTest {
    private final ClientAbilities abilities = new ClientAbilities();

    @Test
    void knowsTheSignaturesOfAModernClient() throws Exception {
        assertThat(abilities.read(hello("TLSv1.3", "secp256r1"))).isTrue();

        assertThat(abilities.asksForStaple()).isTrue();
        assertThat(abilities.ecdsaCurves(true)).contains(KeyType.EC_P256, KeyType.EC_P384);
    }

    @Test
    void knowsTheGroupsOfAnOldClient() throws Exception {
        assertThat(abilities.read(hello("TLSv1.2", "secp384r1"))).isTrue();

        assertThat(abilities.ecdsaCurves(false)).containsExactly(KeyType.EC_P384);
    }

    @Test
    void putsPiecesTogether() throws Exception {
        ByteBuf all = hello("TLSv1.3", "secp256r1");

        while (all.readableBytes() > 1) {
            assertThat(abilities.read(all.readSlice(1))).isFalse();
        }

        assertThat(abilities.read(all)).isTrue();
        assertThat(abilities.asksForStaple()).isTrue();
    }

    @Test
    void leavesTheBytesToTheHandshake() throws Exception {
        ByteBuf hello = hello("TLSv1.3", "secp256r1");
        int length = hello.readableBytes();

        assertThat(abilities.read(hello)).isTrue();

        assertThat(hello.readableBytes()).isEqualTo(length);
    }

    @Test
    void knowsNothingOfSomethingElse() {
        ByteBuf request =
                Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII);

        assertThat(abilities.read(request)).isFalse();

        assertThat(abilities.ecdsaCurves(true)).isEmpty();
    }

    @Test
    void survivesEveryBrokenHello() throws Exception {
        var random = new Random(7);
        byte[] good = new byte[hello("TLSv1.3", "secp256r1").readableBytes()];
        hello("TLSv1.3", "secp256r1").readBytes(good, 0, good.length);

        for (int i = 0; i < 5_000; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j < 1 + random.nextInt(4); j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            var each = new ClientAbilities();
            assertThatCode(() -> each.read(Unpooled.wrappedBuffer(bad))).doesNotThrowAnyException();
        }
    }

    private static ByteBuf hello(String protocol, String group) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        parameters.setNamedGroups(new String[] {group});
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        var _ = engine.wrap(ByteBuffer.allocate(0), out);
        return Unpooled.wrappedBuffer(out.flip());
    }
}
