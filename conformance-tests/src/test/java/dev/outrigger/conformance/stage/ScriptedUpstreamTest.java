// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.observe.SeenAttempt;
import dev.outrigger.conformance.observe.SeenConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Client and upstream face to face, without a proxy between them. */
class ScriptedUpstreamTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final AttemptLog attempts = new AttemptLog();
    private ScriptedUpstream upstream;

    @BeforeEach
    void start() throws IOException {
        upstream = ScriptedUpstream.start("b", attempts);
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
    }

    @Test
    void answersWithItsNameByDefaultAndRecordsTheRequest() throws IOException {
        try (var client = WireConnection.open(upstream.port())) {
            client.send("POST /x HTTP/1.1\r\nHost: h\r\ncontent-length: 3\r\n\r\nabc");
            assertThat(client.awaitResponses(1, LIMIT)).isTrue();

            assertThat(client.seen().responses().getFirst().body()).isEqualTo("b");
            assertThat(client.seen().end()).isEqualTo(SeenConnection.End.OPEN);
        }
        var seen = attempts.settled(LIMIT);
        assertThat(seen).hasSize(1);
        assertThat(seen.getFirst().requestLine()).isEqualTo("POST /x HTTP/1.1");
        assertThat(seen.getFirst().body()).isEqualTo("abc");
        assertThat(seen.getFirst().complete()).isTrue();
    }

    @Test
    void playsAnswersInOrderAndRepeatsTheLast() throws IOException {
        upstream.play(Optional.of(List.of(UpstreamAnswer.ok("1"), UpstreamAnswer.ok("2"))));
        try (var client = WireConnection.open(upstream.port())) {
            client.send("GET / HTTP/1.1\r\n\r\n".repeat(3));
            assertThat(client.awaitResponses(3, LIMIT)).isTrue();

            assertThat(client.seen().responses())
                    .extracting(response -> response.body())
                    .containsExactly("1", "2", "2");
        }
    }

    @Test
    void resetsAndClosesAsTold() throws IOException {
        assertThat(endAfter(UpstreamAnswer.After.RESET)).isEqualTo(SeenConnection.End.RESET);
        assertThat(endAfter(UpstreamAnswer.After.CLOSE)).isEqualTo(SeenConnection.End.CLOSED);
    }

    @Test
    void recordsThatABodyNeverEnded() throws IOException {
        try (var client = WireConnection.open(upstream.port())) {
            client.send("POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc");
            assertThat(attempts.await(1, LIMIT)).isTrue();
            client.closeWrite();

            assertThat(attempts.settled(LIMIT))
                    .singleElement()
                    .returns(false, SeenAttempt::complete)
                    .returns("abc", SeenAttempt::body);
        }
    }

    private SeenConnection.End endAfter(UpstreamAnswer.After after) throws IOException {
        var answer = new UpstreamAnswer(false, Duration.ZERO, "", Duration.ZERO, "", after);
        upstream.play(Optional.of(List.of(answer)));
        try (var client = WireConnection.open(upstream.port())) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertThat(client.awaitEnd(LIMIT)).isTrue();
            return client.seen().end();
        }
    }
}
