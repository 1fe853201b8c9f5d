// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResponseReaderTest {

    private final ResponseReader reader = new ResponseReader();

    @Test
    void isCompleteWithTheLastByteOfTheBodyHoweverTheBytesArrive() throws IOException {
        var answer =
                bytes("HTTP/1.1 503 Service Unavailable\r\nx: y\r\nCONTENT-length:  3\r\n\r\nabc");

        for (int i = 0; i < answer.length - 1; i++) {
            assertThat(reader.take(ByteBuffer.wrap(answer, i, 1))).isFalse();
        }

        assertThat(reader.take(ByteBuffer.wrap(answer, answer.length - 1, 1))).isTrue();
        assertThat(reader.status()).isEqualTo(503);
    }

    @Test
    void readsOneAnswerAfterTheOther() throws IOException {
        assertThat(reader.take(buffer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"))).isTrue();
        assertThat(reader.take(buffer("HTTP/1.1 204 No\r\ncontent-length: 0\r\n\r\n"))).isTrue();
        assertThat(reader.status()).isEqualTo(204);
    }

    @Test
    void refusesAnAnswerWithoutALength() {
        assertThatThrownBy(() -> reader.take(buffer("HTTP/1.1 200 OK\r\n\r\n")))
                .isInstanceOf(IOException.class)
                .hasMessage("answer head: no content-length");
    }

    @Test
    void refusesBytesAfterTheEnd() {
        assertThatThrownBy(
                        () -> reader.take(buffer("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab")))
                .isInstanceOf(IOException.class)
                .hasMessage("answer: 1 bytes after its end");
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
