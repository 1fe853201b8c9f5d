// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.exchange.UpstreamAnswer.After;
import dev.outrigger.conformance.observe.Header;
import dev.outrigger.conformance.observe.SeenAttempt;
import dev.outrigger.conformance.observe.SeenConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client and an upstream of a case that speak HTTP/2 to each other, with no proxy between. */
class FramedExchangeTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final AttemptLog attempts = new AttemptLog();
    private ScriptedUpstream upstream;
    private FramedConnection client;

    @BeforeEach
    void connect() throws IOException {
        upstream = ScriptedUpstream.start("b", attempts);
        client = FramedConnection.open(upstream.port());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        upstream.close();
    }

    @Test
    void tellsARequestInItsPiecesAndItsAnswer() {
        answer(
                "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                "2\r\nhi\r\n0\r\nt: v\r\n\r\n",
                After.KEEP);

        client.send("POST /p HTTP/1.1\r\nhost: a\r\nconnection: x\r\ntransfer-en");
        client.send("coding: chunked\r\n\r\n3\r\nab");
        client.send("c\r\n0\r\nX: y\r\n\r\n");

        assertThat(client.awaitResponses(1, LIMIT)).isTrue();
        var response = client.seen().responses().getFirst();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.interim()).containsExactly("103");
        assertThat(response.body()).isEqualTo("hi");
        assertThat(response.trailers()).containsExactly(new Header("t", "v"));
        assertThat(response.complete()).isTrue();
        var attempt = attempt();
        assertThat(attempt.requestLine()).isEqualTo("POST /p HTTP/2");
        assertThat(attempt.headers())
                .containsExactly(new Header(":scheme", "http"), new Header(":authority", "a"));
        assertThat(attempt.body()).isEqualTo("abc");
        assertThat(attempt.trailers()).containsExactly(new Header("x", "y"));
        assertThat(attempt.complete()).isTrue();
    }

    @Test
    void answersStreamsOfOneConnection() {
        client.send("GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n");

        assertThat(client.awaitResponses(2, LIMIT)).isTrue();
        assertThat(attempts.settled(LIMIT))
                .extracting(SeenAttempt::requestLine)
                .containsExactly("GET /1 HTTP/2", "GET /2 HTTP/2");
        assertThat(attempts.settled(LIMIT)).extracting(SeenAttempt::connection).containsOnly(1);
    }

    @Test
    void showsAResetOfTheUpstream() {
        answer("", "", After.STREAM_REFUSED);

        client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");

        assertThat(client.awaitResponses(1, LIMIT)).isTrue();
        var response = client.seen().responses().getFirst();
        assertThat(response.complete()).isFalse();
        assertThat(response.trailers()).containsExactly(new Header(":reset", "7"));
    }

    @Test
    void showsAResetOfTheClient() {
        answer("", "", After.HANG);

        client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nabc");
        assertThat(attempts.await(1, LIMIT)).isTrue();
        client.resetStream(8);

        assertThat(attempt().trailers()).containsExactly(new Header(":reset", "8"));
        assertThat(attempt().complete()).isFalse();
    }

    @Test
    void showsAGoodbyeAndTheEnd() {
        answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", "hi", After.GOAWAY);
        client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        assertThat(client.awaitResponses(1, LIMIT)).isTrue();

        upstream.closeConnections();

        assertThat(client.awaitEnd(LIMIT)).isTrue();
        assertThat(client.seen().unparsed()).isEqualTo("GOAWAY 0");
        assertThat(client.seen().end()).isEqualTo(SeenConnection.End.CLOSED);
    }

    @Test
    void leavesAStreamOpenWhoseAnswerIsNotWhole() {
        answer("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", "hi", After.CLOSE);

        client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");

        assertThat(client.awaitEnd(LIMIT)).isTrue();
        assertThat(client.seen().responses().getFirst().complete()).isFalse();
        assertThat(client.seen().responses().getFirst().body()).isEqualTo("hi");
    }

    private void answer(String head, String body, After after) {
        upstream.play(
                Optional.of(
                        List.of(
                                new UpstreamAnswer(
                                        false, Duration.ZERO, head, Duration.ZERO, body, after))));
    }

    private SeenAttempt attempt() {
        return attempts.settled(LIMIT).getFirst();
    }
}
