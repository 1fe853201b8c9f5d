// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.outrigger.conformance.exchange.Transport;
import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.exchange.UpstreamAnswer.After;
import dev.outrigger.conformance.observe.Header;
import dev.outrigger.conformance.observe.SeenAttempt;
import dev.outrigger.conformance.observe.SeenConnection.End;
import dev.outrigger.conformance.observe.SeenResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Client and upstream of the harness with each other: what one says the other one hears. */
class TransportTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String GET = "GET /a HTTP/1.1\r\nhost: b\r\nx-a: 1\r\n\r\n";
    private static final String CHUNKED_HEAD = "transfer-encoding: chunked\r\n\r\n";
    private static final String CHUNKS = "3\r\nabc\r\n0\r\nx-t: 1\r\n\r\n";

    private final AttemptLog attempts = new AttemptLog();

    @ParameterizedTest
    @EnumSource(Transport.class)
    void carriesRequestsAndAnswers(Transport transport) throws IOException {
        try (var upstream = ScriptedUpstream.start("b", transport.isTls(), attempts);
                var client = open(transport, upstream)) {
            answer(upstream, "HTTP/1.1 201 C\r\ncontent-length: 2\r\n\r\n", "hi", After.KEEP);

            client.send(GET);
            client.send("POST /b HTTP/1.1\r\nhost: b\r\ncontent-length: 3\r\n\r\nabc");
            assertThat(client.awaitResponses(2, LIMIT)).isTrue();

            assertThat(client.seen().end()).isEqualTo(End.OPEN);
            assertThat(client.seen().responses())
                    .extracting(SeenResponse::status, SeenResponse::body, SeenResponse::complete)
                    .containsOnly(tuple(201, "hi", true));
            var seen = attempts.settled(LIMIT);
            assertThat(seen).extracting(SeenAttempt::body).containsExactly("", "abc");
            assertThat(seen).extracting(SeenAttempt::connection).containsOnly(1);
            assertThat(seen.getFirst().headers())
                    .contains(new Header(transport.isHttp2() ? ":authority" : "host", "b"))
                    .contains(new Header("x-a", "1"));
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void carriesChunksAndTrailers(Transport transport) throws IOException {
        try (var upstream = ScriptedUpstream.start("b", transport.isTls(), attempts);
                var client = open(transport, upstream)) {
            answer(upstream, "HTTP/1.1 200 OK\r\n" + CHUNKED_HEAD, CHUNKS, After.KEEP);

            client.send("POST /b HTTP/1.1\r\nhost: b\r\n" + CHUNKED_HEAD + CHUNKS);
            assertThat(client.awaitResponses(1, LIMIT)).isTrue();

            assertThat(client.seen().responses().getFirst())
                    .returns("abc", SeenResponse::body)
                    .returns(List.of(new Header("x-t", "1")), SeenResponse::trailers);
            assertThat(attempts.settled(LIMIT).getFirst())
                    .returns("abc", SeenAttempt::body)
                    .returns(List.of(new Header("x-t", "1")), SeenAttempt::trailers);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void carriesMoreThanAWindow(Transport transport) throws IOException {
        var body = "b".repeat(200_000);
        try (var upstream = ScriptedUpstream.start("b", transport.isTls(), attempts);
                var client = open(transport, upstream)) {
            answer(upstream, "HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n", body, After.KEEP);

            client.send("POST /b HTTP/1.1\r\nhost: b\r\ncontent-length: 200000\r\n\r\n" + body);
            assertThat(client.awaitResponses(1, LIMIT)).isTrue();

            assertThat(client.seen().responses().getFirst().body()).isEqualTo(body);
            assertThat(attempts.settled(LIMIT).getFirst().body()).isEqualTo(body);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void endsWithoutAnAnswer(Transport transport) throws IOException {
        try (var upstream = ScriptedUpstream.start("b", transport.isTls(), attempts);
                var client = open(transport, upstream)) {
            answer(upstream, "", "", After.CLOSE);

            client.send(GET);

            assertThat(client.awaitEnd(LIMIT)).isTrue();
            assertThat(client.seen().responses()).isEmpty();
            assertThat(client.seen().end()).isEqualTo(End.CLOSED);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void endsWithAReset(Transport transport) throws IOException {
        try (var upstream = ScriptedUpstream.start("b", transport.isTls(), attempts);
                var client = open(transport, upstream)) {
            answer(upstream, "", "", After.RESET);

            client.send(GET);

            assertThat(client.awaitEnd(LIMIT)).isTrue();
            assertThat(client.seen().end()).isEqualTo(End.RESET);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void writesNothingWhenItHasLeft(Transport transport) throws IOException {
        try (var upstream = ScriptedUpstream.start("b", transport.isTls(), attempts);
                var client = open(transport, upstream)) {
            client.reset();

            client.send(GET);

            assertThat(client.awaitEnd(Duration.ofMillis(1))).isFalse();
            assertThat(attempts.settled(LIMIT)).isEmpty();
        }
    }

    private static ClientConnection open(Transport transport, ScriptedUpstream upstream)
            throws IOException {
        return transport.isHttp2()
                ? FramedConnection.open(transport, upstream.port())
                : WireConnection.open(transport, upstream.port());
    }

    private static void answer(ScriptedUpstream upstream, String head, String body, After after) {
        upstream.play(
                Optional.of(
                        List.of(
                                new UpstreamAnswer(
                                        false, Duration.ZERO, head, Duration.ZERO, body, after))));
    }
}
