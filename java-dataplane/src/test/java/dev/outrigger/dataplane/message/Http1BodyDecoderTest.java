// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunk framing as Envoy 1.40.0 took it on the wire. */
class Http1BodyDecoderTest {
    private final Http1BodyDecoder decoder = new Http1BodyDecoder(61440);
    private final StringBuilder body = new StringBuilder();

    private Http1BodyDecoder.Result decode(String raw) {
        ByteBuf in = Unpooled.copiedBuffer(raw, StandardCharsets.ISO_8859_1);
        try {
            return decoder.decode(
                    in,
                    data -> {
                        body.append(data.toString(StandardCharsets.ISO_8859_1));
                        data.release();
                    });
        } finally {
            in.release();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\r\nhello\r\n0\r\n\r\n",
                "5 \r\nhello\r\n0\r\n\r\n",
                "5;a=\u0000\u00ff\r\nhello\r\n0\r\n\r\n",
                "00000000000000005\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloXX\r\n0\r\n\r\n",
                "2\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n",
            })
    void accepts(String raw) {
        decoder.beginChunked();
        assertThat(decode(raw)).isEqualTo(Http1BodyDecoder.Result.COMPLETE);
        assertThat(body).hasToString("hello");

        body.setLength(0);
        decoder.beginChunked();
        for (int i = 0; i < raw.length() - 1; i++) {
            assertThat(decode(raw.substring(i, i + 1)))
                    .isEqualTo(Http1BodyDecoder.Result.NEED_MORE);
        }
        assertThat(decode(raw.substring(raw.length() - 1)))
                .isEqualTo(Http1BodyDecoder.Result.COMPLETE);
        assertThat(body).hasToString("hello");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\nhello\r\n0\r\n\r\n",
                "0x5\r\nhello",
                "+5\r\nhello",
                "-5\r\nhello",
                " 5\r\nhello",
                "10000000000000005\r\nhello",
                "6;\ra\r\nhello!",
                "\r\n",
                "5\r\nhello\r\ninvalid\r\n",
            })
    void refusesAndDeliversNothing(String raw) {
        decoder.beginChunked();

        assertThat(decode(raw)).isEqualTo(Http1BodyDecoder.Result.FAILED);
        assertThat(body).isEmpty();
    }

    @Test
    void droppedTrailersAreNotCounted() {
        decoder.beginChunked();

        assertThat(decode("0\r\n" + "T: 1\r\n".repeat(500) + "\r\n"))
                .isEqualTo(Http1BodyDecoder.Result.COMPLETE);
    }

    @Test
    void droppedTrailersAreLimitedInSize_D21() {
        decoder.beginChunked();

        assertThat(decode("0\r\nT: " + "1".repeat(61440) + "\r\n\r\n"))
                .isEqualTo(Http1BodyDecoder.Result.FAILED);
        assertThat(decoder.error()).isEqualTo(CodecError.HEADERS_TOO_LARGE);
    }
}
