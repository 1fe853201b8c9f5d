// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.message.RequestReader.Underscores;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http2RequestReaderTest {
    private static final String HEAD = ":method GET|:scheme http|:authority a|:path /x?y";

    private Http2RequestReader reader = reader(Underscores.ALLOW, false);

    private static Http2RequestReader reader(Underscores underscores, boolean allowConnect) {
        return new Http2RequestReader(60 * 1024, 100, underscores, allowConnect);
    }

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
    void makesARequestOfPseudoHeaderFields() {
        assertThat(read(true, HEAD + "|user-agent u|x-own v")).isNull();
        RequestHead head = reader.head();
        assertThat(head.method()).isEqualTo(Method.GET);
        assertThat(head.path()).isEqualTo("/x?y");
        assertThat(head.authority()).isEqualTo("a");
        assertThat(head.scheme()).isEqualTo("http");
        assertThat(head.hasScheme()).isTrue();
        assertThat(head.isBodyless()).isTrue();
        assertThat(head.headers().text(KnownHeader.USER_AGENT)).isEqualTo("u");
    }

    @Test
    void takesABodyOfUnknownLengthForOneInChunks() {
        assertThat(read(false, HEAD)).isNull();
        assertThat(reader.head().isChunked()).isTrue();
        assertThat(read(false, HEAD + "|content-length 5")).isNull();
        assertThat(reader.head().isChunked()).isFalse();
        assertThat(reader.head().contentLength()).isEqualTo(5);
    }

    @Test
    void joinsTheCrumbsOfACookie() {
        assertThat(read(true, HEAD + "|cookie a=b|cookie c=d")).isNull();
        assertThat(reader.head().headers().text(KnownHeader.COOKIE)).isEqualTo("a=b; c=d");
    }

    @Test
    void dropsHostBesideAuthorityAndTakesItAlone() {
        assertThat(read(true, HEAD + "|host other")).isNull();
        assertThat(reader.head().authority()).isEqualTo("a");
        assertThat(read(true, ":method GET|:scheme http|:path /|host other")).isNull();
        assertThat(reader.head().authority()).isEqualTo("other");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method GET",
                ":unknown x",
                "X-Upper v",
                "connection close",
                "transfer-encoding chunked",
                "upgrade websocket",
                "te gzip",
                "x a\rb",
                "x a\0b",
                "x a\177",
                "a b c|: x",
                "content-length x",
                "content-length 5|content-length 5",
                "x y|:path /",
                ":protocol websocket",
            })
    void refusesFieldsThatMayNotBe(String field) {
        assertThat(read(false, HEAD + "|" + field)).isEqualTo(Http2RequestReader.INVALID_FIELD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":scheme http|:authority a|:path /",
                ":method GET|:authority a|:path /",
                ":method GET|:scheme http|:path /",
                ":method GET|:scheme http|:authority a",
                ":method GET|:scheme http|:authority a|:path hello",
                ":method GET|:scheme http|:authority a|:path /|content-length 5",
                ":method CONNECT|:authority a:80|:path /",
            })
    void refusesMessagesThatLackSomething(String fields) {
        assertThat(read(true, fields)).isEqualTo(Http2RequestReader.INVALID_MESSAGE);
    }

    @Test
    void countsFieldsAndBytes() {
        assertThat(read(true, HEAD + "|x " + "y".repeat(61 * 1024))).isNull();
        assertThat(reader.excess()).isEqualTo(Http2RequestReader.TOO_LARGE);
        assertThat(read(true, HEAD + "|x y".repeat(97))).isNull();
        assertThat(reader.excess()).isEqualTo(Http2RequestReader.TOO_MANY);
        assertThat(read(true, HEAD + "|x y".repeat(96))).isNull();
        assertThat(reader.excess()).isNull();
    }

    @Test
    void countsWhatIsJoinedAsOneAndEachCrumb() {
        assertThat(read(true, HEAD + "|x-forwarded-for y".repeat(200))).isNull();
        assertThat(reader.excess()).isNull();
        assertThat(read(true, HEAD + "|cookie y".repeat(97))).isNull();
        assertThat(reader.excess()).isEqualTo(Http2RequestReader.TOO_MANY);
        reader.beginTrailers();
        fields("x-forwarded-for y|".repeat(101));
        assertThat(reader.excess()).isEqualTo(Http2RequestReader.TOO_MANY);
    }

    @Test
    void countsNothingThatIsLeftOut() {
        reader = reader(Underscores.DROP, false);
        assertThat(read(true, HEAD + "|a_b y".repeat(200))).isNull();
        assertThat(reader.excess()).isNull();
        assertThat(reader.dropped()).isEqualTo(200);
    }

    @Test
    void turnsAnExtendedConnectIntoTheUpgradeItStandsFor() {
        reader = reader(Underscores.ALLOW, true);
        assertThat(
                        read(
                                false,
                                ":method CONNECT|:protocol websocket|:scheme http|:authority a"
                                        + "|:path /chat"))
                .isNull();
        RequestHead head = reader.head();
        assertThat(head.method()).isEqualTo(Method.GET);
        assertThat(head.isUpgrade()).isTrue();
        assertThat(head.headers().text(KnownHeader.UPGRADE)).isEqualTo("websocket");
    }

    @Test
    void leavesAByteStreamTheConnectThatItIs() {
        reader = reader(Underscores.ALLOW, true);

        assertThat(
                        read(
                                false,
                                ":method CONNECT|:protocol bytestream|:scheme http|:authority a"
                                        + "|:path /x"))
                .isNull();
        assertThat(reader.head().method()).isEqualTo(Method.CONNECT);
        assertThat(reader.head().isUpgrade()).isFalse();
        assertThat(reader.head().isBodyless()).isTrue();
    }

    @Test
    void rejectsOrDropsUnderscores() {
        reader = reader(Underscores.REJECT, false);
        assertThat(read(true, HEAD + "|a_b c")).isNull();
        assertThat(reader.excess()).isEqualTo(Http2RequestReader.UNDERSCORE);
        reader = reader(Underscores.DROP, false);
        assertThat(read(true, HEAD + "|a_b c")).isNull();
        assertThat(reader.excess()).isNull();
        assertThat(reader.dropped()).isEqualTo(1);
        assertThat(reader.head().headers().find(Ascii.bytes("a_b"), 0)).isNegative();
    }

    @Test
    void refusesPseudoHeaderFieldsInTrailers() {
        assertThat(read(false, HEAD)).isNull();
        reader.beginTrailers();
        fields("grpc-status 0");
        assertThat(reader.endTrailers()).isNull();
        assertThat(reader.trailers().text(KnownHeader.of("grpc-status"))).isEqualTo("0");
        reader.beginTrailers();
        fields(":path /");
        assertThat(reader.endTrailers()).isEqualTo(Http2RequestReader.INVALID_FIELD);
    }
}
