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

    private final AttemptLog attempts = new AttemptLog();

    @ParameterizedTest
    @EnumSource(Transport.class)
    void carriesRequestsAndAnswers(Transport transport) throws IOException {
        try (var upstream = ScriptedUpstream.start("b", transport, attempts);
                var client = WireConnection.open(transport, upstream.port())) {
            upstream.play(
                    Optional.of(
                            List.of(answer("HTTP/1.1 201 C\r\ncontent-length: 2\r\n\r\n", "hi"))));

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
                    .contains(new Header("host", "b"), new Header("x-a", "1"));
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void carriesChunksAndTrailers(Transport transport) throws IOException {
        var chunks = "3\r\nabc\r\n0\r\nx-t: 1\r\n\r\n";
        try (var upstream = ScriptedUpstream.start("b", transport, attempts);
                var client = WireConnection.open(transport, upstream.port())) {
            upstream.play(
                    Optional.of(
                            List.of(
                                    answer(
                                            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                                            chunks))));

            client.send(
                    "POST /b HTTP/1.1\r\nhost: b\r\ntransfer-encoding: chunked\r\n\r\n" + chunks);
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
        try (var upstream = ScriptedUpstream.start("b", transport, attempts);
                var client = WireConnection.open(transport, upstream.port())) {
            upstream.play(
                    Optional.of(
                            List.of(
                                    answer(
                                            "HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n",
                                            body))));

            client.send("POST /b HTTP/1.1\r\nhost: b\r\ncontent-length: 200000\r\n\r\n" + body);
            assertThat(client.awaitResponses(1, LIMIT)).isTrue();

            assertThat(client.seen().responses().getFirst().body()).isEqualTo(body);
            assertThat(attempts.settled(LIMIT).getFirst().body()).isEqualTo(body);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void endsWithoutAnAnswer(Transport transport) throws IOException {
        try (var upstream = ScriptedUpstream.start("b", transport, attempts);
                var client = WireConnection.open(transport, upstream.port())) {
            upstream.play(Optional.of(List.of(ending("", After.CLOSE))));

            client.send(GET);

            assertThat(client.awaitEnd(LIMIT)).isTrue();
            assertThat(client.seen().responses()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Transport.class, names = "HTTP2.*", mode = EnumSource.Mode.MATCH_ALL)
    void resetsAStreamAndNoMore(Transport transport) throws IOException {
        try (var upstream = ScriptedUpstream.start("b", transport, attempts);
                var client = WireConnection.open(transport, upstream.port())) {
            upstream.play(Optional.of(List.of(ending("", After.RESET), UpstreamAnswer.ok("b"))));

            client.send(GET);
            client.send(GET);
            assertThat(client.awaitResponses(2, LIMIT)).isTrue();

            assertThat(client.seen().responses())
                    .extracting(SeenResponse::status, SeenResponse::reason)
                    .containsExactly(
                            tuple(999, Integer.toString(Http2Frames.REFUSED_STREAM)),
                            tuple(200, ""));
            assertThat(client.seen().end()).isEqualTo(End.OPEN);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Transport.class, names = "HTTP2.*", mode = EnumSource.Mode.MATCH_ALL)
    void saysThatAConnectionEnds(Transport transport) throws IOException {
        try (var upstream = ScriptedUpstream.start("b", transport, attempts);
                var client = WireConnection.open(transport, upstream.port())) {
            upstream.play(
                    Optional.of(
                            List.of(
                                    ending(
                                            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
                                            After.CLOSE))));

            client.send(GET);
            assertThat(client.awaitResponses(1, LIMIT)).isTrue();

            assertThat(client.isLeft()).isTrue();
            assertThat(client.seen().end()).isEqualTo(End.OPEN);
        }
    }

    private static UpstreamAnswer answer(String head, String body) {
        return new UpstreamAnswer(false, Duration.ZERO, head, Duration.ZERO, body, After.KEEP);
    }

    private static UpstreamAnswer ending(String head, After after) {
        return new UpstreamAnswer(false, Duration.ZERO, head, Duration.ZERO, "", after);
    }
}
