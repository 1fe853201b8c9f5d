// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http2ResponseReaderTest {
    private final Http2ResponseReader reader = new Http2ResponseReader(60 * 1024, 100);

    private @Nullable String read(boolean endStream, String fields) {
        reader.begin();
        fields(fields);
        return reader.end(endStream);
    }

    private void fields(String fields) {
        for (String field : fields.split("\\|")) {
            int blank = field.indexOf(' ');
            byte[] name = Ascii.bytes(field.substring(0, blank));
            byte[] value = Ascii.bytes(field.substring(blank + 1));
            reader.field(name, 0, name.length, value, 0, value.length);
        }
    }

    @Test
    void makesAResponseOfItsFields() {
        assertThat(read(false, ":status 200|content-length 5|etag x|if-none-match y")).isNull();
        assertThat(reader.head().status()).isEqualTo(200);
        assertThat(reader.head().contentLength()).isEqualTo(5);
        assertThat(reader.head().headers().count()).isEqualTo(3);
        assertThat(reader.bodyBytes()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b|:status 200",
                ":status 200|:status 200",
                ":status 20",
                ":status abc",
                ":status 101",
                ":status 200|:path /",
                ":status 200|connection close",
                ":status 200|transfer-encoding chunked",
                ":status 200|Upper x",
                ":status 200|content-length x",
                ":status 200|content-length 5|content-length 5",
                ":status 204|content-length 5",
                ":status 100|content-length 0",
            })
    void refusesFieldsThatMayNotBe(String fields) {
        assertThat(read(false, fields)).isEqualTo(Http2RequestReader.INVALID_FIELD);
    }

    @Test
    void refusesAHeadWithoutStatus() {
        assertThat(read(true, "a b")).isEqualTo(Http2RequestReader.INVALID_MESSAGE);
    }

    @Test
    void refusesAnEndWhereSomethingMustFollow() {
        assertThat(read(true, ":status 100")).isEqualTo(Http2RequestReader.INVALID_MESSAGE);
        assertThat(read(true, ":status 200|content-length 5"))
                .isEqualTo(Http2RequestReader.INVALID_MESSAGE);
        assertThat(read(true, ":status 304|content-length 5")).isNull();
    }

    @Test
    void forgetsALengthOfNothingAtNoContent() {
        assertThat(read(true, ":status 204|content-length 0")).isNull();
        assertThat(reader.head().headers().count()).isZero();
    }

    @Test
    void expectsNoBodyBehindTheAnswerToHead() {
        reader.expect(true, false);
        assertThat(read(true, ":status 200|content-length 5")).isNull();
        assertThat(reader.bodyBytes()).isZero();
    }

    @Test
    void takesNoPseudoFieldsInTrailers() {
        assertThat(read(false, ":status 200")).isNull();
        reader.beginTrailers();
        fields("grpc-status 0");
        assertThat(reader.endTrailers()).isNull();
        assertThat(reader.trailers().text(KnownHeader.GRPC_STATUS)).isEqualTo("0");
        reader.beginTrailers();
        fields(":status 200");
        assertThat(reader.endTrailers()).isEqualTo(Http2RequestReader.INVALID_FIELD);
    }
}
