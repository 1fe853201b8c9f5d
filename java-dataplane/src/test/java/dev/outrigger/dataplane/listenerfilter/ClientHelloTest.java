// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.listenerfilter.ClientHello.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
    @Test
    void findsNameAndProtocols() throws Exception {
        ByteBuf hello = hello("WWW.Example.com", "h2", "http/1.1");

        var outcome = (Outcome.Hello) ClientHello.parse(hello);

        assertThat(outcome.serverName()).isEqualTo("www.example.com");
        assertThat(outcome.applicationProtocols()).containsExactly("h2", "http/1.1");
        assertThat(outcome.bytes()).isEqualTo(hello.readableBytes());
        assertThat(outcome.ja3Hash()).hasSize(32);
    }

    @Test
    void findsNeitherWhereThereIsNeither() throws Exception {
        var outcome = (Outcome.Hello) ClientHello.parse(hello(""));

        assertThat(outcome.serverName()).isEmpty();
        assertThat(outcome.applicationProtocols()).isEqualTo(List.of());
    }

    @Test
    void waitsForAllOfIt() throws Exception {
        ByteBuf hello = hello("a.b", "h2");

        for (int i = 1; i < hello.readableBytes(); i++) {
            assertThat(ClientHello.parse(hello.slice(0, i))).isEqualTo(new Outcome.NeedMore());
        }
    }

    @Test
    void readsAMessageInSeveralRecords() throws Exception {
        ByteBuf hello = hello("a.b", "h2");
        ByteBuf split = Unpooled.buffer();
        for (int i = 5; i < hello.readableBytes(); i += 50) {
            int length = Math.min(50, hello.readableBytes() - i);
            split.writeByte(22).writeShort(0x0301).writeShort(length).writeBytes(hello, i, length);
        }

        assertThat(((Outcome.Hello) ClientHello.parse(split)).serverName()).isEqualTo("a.b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "68656c6c6f",
                "15030100020228",
                "160301000402000000",
                "160301ffff01",
                "16030100080100000400000000",
            })
    void tellsOtherBytesFromAClientHello(String hex) {
        ByteBuf data = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));

        assertThat(ClientHello.parse(data)).isInstanceOf(Outcome.NotTls.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "1603", "1603010000", "15030100020105"})
    void waitsWhereNothingIsDecided(String hex) {
        ByteBuf data = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));

        assertThat(ClientHello.parse(data)).isEqualTo(new Outcome.NeedMore());
    }

    @Test
    void hearsAClientThatGoes() {
        ByteBuf data = Unpooled.wrappedBuffer(HexFormat.of().parseHex("15030100020100"));

        assertThat(ClientHello.parse(data)).isEqualTo(new Outcome.Closed());
    }

    @ParameterizedTest
    @CsvSource({"1603010000, 32", "15030100020164, 4"})
    void countsRecordsThatSayNothing(String record, int most) {
        ByteBuf borne = Unpooled.wrappedBuffer(HexFormat.of().parseHex(record.repeat(most)));
        ByteBuf tooMany = Unpooled.wrappedBuffer(HexFormat.of().parseHex(record.repeat(most + 1)));

        assertThat(ClientHello.parse(borne)).isEqualTo(new Outcome.NeedMore());
        assertThat(ClientHello.parse(tooMany)).isInstanceOf(Outcome.NotTls.class);
    }

    private static ByteBuf hello(String name, String... protocols)
            throws GeneralSecurityException, SSLException {
        var engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        if (!name.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(32_768);
        var result = engine.wrap(ByteBuffer.allocate(0), out);
        assertThat(result.bytesProduced()).isPositive();
        return Unpooled.wrappedBuffer(out.flip());
    }
}
