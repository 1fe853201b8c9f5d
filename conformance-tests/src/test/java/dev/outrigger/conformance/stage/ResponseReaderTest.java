// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.observe.Header;
import dev.outrigger.conformance.observe.SeenResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseReaderTest {
    @Test
    void readsPipelinedResponses() {
        var text =
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhiHTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";

        var reading = ResponseReader.read(text, List.of("GET", "GET"), false);

        assertThat(reading.responses()).extracting(SeenResponse::status).containsExactly(200, 404);
        assertThat(reading.completed()).isEqualTo(2);
        assertThat(reading.rest()).isEmpty();
    }

    @Test
    void readsChunksAndTrailers() {
        var text =
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x\r\nhi\r\n0\r\nx-t: 1\r\n\r\n";

        var response = only(text, "GET", false);

        assertThat(response.body()).isEqualTo("hi");
        assertThat(response.trailers()).containsExactly(new Header("x-t", "1"));
        assertThat(response.complete()).isTrue();
    }

    @Test
    void knowsThatHeadHasNoBody() {
        assertThat(only("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", "HEAD", false).complete())
                .isTrue();
    }

    @Test
    void showsABodyThatComesWhereNoneShould() {
        var text =
                "HTTP/1.1 304 Not Modified\r\n\r\n{}HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

        var reading = ResponseReader.read(text, List.of("GET", "GET"), false);

        assertThat(reading.responses()).extracting(SeenResponse::body).containsExactly("{}", "");
        assertThat(reading.rest()).isEmpty();
    }

    @Test
    void keepsInterimResponsesWithTheirResponse() {
        var response =
                only(
                        "HTTP/1.1 103 Early\r\nlink: x\r\ndate: d\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
                        "PUT",
                        false);

        assertThat(response.interim()).containsExactly("103 Early link: x");
        assertThat(response.status()).isEqualTo(204);
    }

    @Test
    void seesThatABodyIsCut() {
        var response = only("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi", "GET", true);

        assertThat(response.complete()).isFalse();
        assertThat(response.body()).isEqualTo("hi");
    }

    @Test
    void anUnframedBodyIsCompleteOnceTheConnectionIsClosed() {
        assertThat(only("HTTP/1.1 200 OK\r\n\r\nhi", "GET", false).complete()).isFalse();
        assertThat(only("HTTP/1.1 200 OK\r\n\r\nhi", "GET", true).complete()).isTrue();
    }

    @Test
    void leavesWhatIsNoResponse() {
        var reading = ResponseReader.read("nonsense\r\n\r\nmore", List.of("GET"), true);

        assertThat(reading.responses()).isEmpty();
        assertThat(reading.rest()).isEqualTo("nonsense\r\n\r\nmore");
    }

    @Test
    void findsTheMethodsOfWhatWasSent() {
        assertThat(
                        ResponseReader.methods(
                                "HEAD / HTTP/1.1\r\nhost: a\r\n\r\nPOST /x HTTP/1.1\r\n\r\nbody"))
                .containsExactly("HEAD", "POST");
    }

    private static SeenResponse only(String text, String method, boolean closed) {
        var reading = ResponseReader.read(text, List.of(method), closed);
        assertThat(reading.responses()).hasSize(1);
        return reading.responses().getFirst();
    }
}
