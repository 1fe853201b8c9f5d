// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.message.RequestReader.Underscores;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the request codec accepts and refuses, as Envoy 1.40.0 did on the wire. */
class RequestReaderTest {
    private static final RequestReader.Options OPTIONS =
            new RequestReader.Options(
                    60 * 1024,
                    100,
                    true,
                    false,
                    false,
                    false,
                    Underscores.ALLOW,
                    null,
                    null,
                    "",
                    false);

    private final RequestReader reader = new RequestReader(OPTIONS);

    private Http1HeadParser.Result read(String raw) {
        ByteBuf in = Unpooled.copiedBuffer(raw, StandardCharsets.ISO_8859_1);
        try {
            return reader.read(in);
        } finally {
            in.release();
        }
    }

    private static String unescape(String text) {
        return text.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\0", "\0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET  /  HTTP/1.1 \r\nHost: a\r\n\r\n",
                "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            })
    void accepts(String raw) {
        assertThat(read(raw)).isEqualTo(Http1HeadParser.Result.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0001", "\0", " GET", "\tGET"})
    void refusesControlsAndBlanksInFrontAtOnce_D41(String raw) {
        assertThat(read(raw)).isEqualTo(Http1HeadParser.Result.FAILED);
        assertThat(reader.error()).isEqualTo(CodecError.CODEC_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "Z", "\u0080\u00ff"})
    void waitsForTheLineOfAMethodItDoesNotKnow_D41(String raw) {
        assertThat(read(raw)).isEqualTo(Http1HeadParser.Result.NEED_MORE);
        assertThat(read(" / HTTP/1.1\r\n")).isEqualTo(Http1HeadParser.Result.FAILED);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "D01|Content-Length: 0\\r\\nTransfer-Encoding: chunked|LENGTH_AND_CHUNKED",
                "D03|Transfer-Encoding: identity,chunked|INVALID_TRANSFER_ENCODING",
                "D04|Transfer-Encoding: identity\\r\\nTransfer-Encoding: chunked"
                        + "|INVALID_TRANSFER_ENCODING",
                "D05|Transfer-Encoding: gzip|INVALID_TRANSFER_ENCODING",
                "D06|Transfer-Encoding : chunked|CODEC_ERROR",
                "D09|Content-Length: 5\\r\\nContent-Length: 5|CODEC_ERROR",
                "D10|Content-Length: +3|CODEC_ERROR",
                "D37|X: a\\0b|INVALID_CHARACTERS",
                "D40|fo o: 1|CODEC_ERROR",
                "D40b|nocolon|CODEC_ERROR",
                "D42|Connection: x-forwarded-for|CONNECTION_HEADER_REJECTED",
            })
    void refusesHeaders(String row, String headers, CodecError error) {
        String raw = "POST / HTTP/1.1\r\nHost: a\r\n" + unescape(headers) + "\r\n\r\n";

        assertThat(read(raw)).as(row).isEqualTo(Http1HeadParser.Result.FAILED);
        assertThat(reader.error()).isEqualTo(error);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "D26|GET / HTTP/1.0|LOW_VERSION",
                "D26b|GET /|LOW_VERSION",
                "D27|GET / HTTP/1.2|LOW_VERSION",
                "D27b|GET / HTTP/1.01|CODEC_ERROR",
                "D27c|GET / http/1.1|CODEC_ERROR",
                "D28|BAD / HTTP/1.1|CODEC_ERROR",
                "D29|GET admin HTTP/1.1|CODEC_ERROR",
                "D29b|GET * HTTP/1.1|INVALID_URL",
                "D32|GET hps://x HTTP/1.1|INVALID_SCHEME",
                "D56|CONNECT x HTTP/1.1|INVALID_URL",
            })
    void refusesRequestLines(String row, String line, CodecError error) {
        assertThat(read(line + "\r\nHost: a\r\n\r\n"))
                .as(row)
                .isEqualTo(Http1HeadParser.Result.FAILED);
        assertThat(reader.error()).isEqualTo(error);
    }

    @Test
    void absoluteFormReplacesHost_D31() {
        assertThat(read("GET http://evil/x HTTP/1.1\r\nHost: good\r\n\r\n"))
                .isEqualTo(Http1HeadParser.Result.COMPLETE);

        assertThat(reader.head().authority()).isEqualTo("evil");
        assertThat(reader.head().path()).isEqualTo("/x");
    }

    @Test
    void takesTheHeadInSinglebytesAndLeavesWhatFollows() {
        String raw = "POST /p HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\nContent-Length: 2\r\n\r\n";
        Http1HeadParser.Result result = Http1HeadParser.Result.NEED_MORE;
        for (int i = 0; i < raw.length(); i++) {
            assertThat(result).isEqualTo(Http1HeadParser.Result.NEED_MORE);
            result = read(raw.substring(i, i + 1));
        }

        assertThat(result).isEqualTo(Http1HeadParser.Result.COMPLETE);
        assertThat(reader.head().headers().value(1)).isEqualTo("b c");
        assertThat(reader.head().contentLength()).isEqualTo(2);

        reader.begin();
        ByteBuf in = Unpooled.copiedBuffer(raw + "hi", StandardCharsets.ISO_8859_1);
        assertThat(reader.read(in)).isEqualTo(Http1HeadParser.Result.COMPLETE);
        assertThat(in.readableBytes()).isEqualTo(2);
        in.release();
    }

    @Test
    void limitsTheHeadInBytes_D45() {
        String start = "GET / HTTP/1.1\r\nHost: a\r\nx: ";
        int room = 60 * 1024 - start.length() - 4;

        assertThat(read(start + "a".repeat(room) + "\r\n\r\n"))
                .isEqualTo(Http1HeadParser.Result.COMPLETE);
        reader.begin();
        assertThat(read(start + "a".repeat(room + 1) + "\r\n\r\n"))
                .isEqualTo(Http1HeadParser.Result.FAILED);
        assertThat(reader.error()).isEqualTo(CodecError.HEADERS_TOO_LARGE);
    }

    @Test
    void joinsInlineHeadersAndKeepsOthersApart_E16() {
        assertThat(
                        read(
                                """
                                GET / HTTP/1.1\r
                                Host: a\r
                                accept: x\r
                                x-o: 1\r
                                accept: y\r
                                x-o: 2\r
                                \r
                                """))
                .isEqualTo(Http1HeadParser.Result.COMPLETE);

        HeaderBlock headers = reader.head().headers();
        assertThat(headers.text(KnownHeader.ACCEPT)).isEqualTo("x,y");
        assertThat(headers.count()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.0, default.test, COMPLETE, default.test",
        "GET / HTTP/1.1, default.test, COMPLETE,",
        "GET http://a/ HTTP/1.0, default.test, COMPLETE, a",
        "GET / HTTP/1.0, \u00c3\u00a9, FAILED, \u00c3\u00a9",
        "OPTIONS * HTTP/1.0, a b, FAILED, a b",
        "GET http://a/ HTTP/1.0, a b, COMPLETE, a"
    })
    void judgesTheDefaultHostAsAnyOther(
            String line, String defaultHost, Http1HeadParser.Result result, String host) {
        var http10 =
                new RequestReader(
                        new RequestReader.Options(
                                60 * 1024,
                                100,
                                true,
                                true,
                                false,
                                false,
                                Underscores.ALLOW,
                                null,
                                null,
                                defaultHost,
                                false));
        ByteBuf in = Unpooled.copiedBuffer(line + "\r\n\r\n", StandardCharsets.ISO_8859_1);

        var read = http10.read(in);
        in.release();

        assertThat(read).isEqualTo(result);
        HeaderBlock headers = http10.head().headers();
        int entry = headers.find(KnownHeader.HOST);
        assertThat(entry < 0 ? null : headers.value(entry)).isEqualTo(host);
        if (result == Http1HeadParser.Result.FAILED) {
            assertThat(http10.error()).isEqualTo(CodecError.INVALID_AUTHORITY);
        }
    }
}
