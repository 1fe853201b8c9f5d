// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaseReaderTest {
    @TempDir private Path root;

    @BeforeEach
    void addConfig() throws IOException {
        Files.createDirectories(root.resolve("kind/case"));
        Files.writeString(root.resolve("kind/bootstrap.yaml"), "admin: ${admin}\n");
    }

    @Test
    void readsAnExchange() throws IOException {
        write(
                """
                exchanges:
                  - name: x
                    why: because
                    get: /p
                    upstream: {b: [{status: 503, delay: 20ms, then: close}]}
                    expect: {status: 503, headers: {server: envoy, x: ~}, flags: {contains: U}}
                    ignore: {"attempt[*].upstream": any}
                """);

        var group = CaseReader.readAll(root).getFirst();

        assertThat(group.name()).isEqualTo("kind");
        var exchange = group.exchanges().getFirst();
        assertThat(exchange.id()).isEqualTo("kind/case/x");
        assertThat(exchange.listener()).isEqualTo("main");
        assertThat(exchange.steps())
                .containsExactly(
                        new ClientStep.Send("GET /p HTTP/1.1\r\nhost: b.local\r\n\r\n"),
                        new ClientStep.AwaitResponses(1));
        var answer = exchange.upstreams().getOrDefault("b", List.of()).getFirst();
        assertThat(answer.head()).isEqualTo("HTTP/1.1 503 Upstream\r\ncontent-length: 0\r\n\r\n");
        assertThat(answer.delay()).isEqualTo(Duration.ofMillis(20));
        assertThat(answer.after()).isEqualTo(UpstreamAnswer.After.CLOSE);
        assertThat(exchange.expectation().fields())
                .containsEntry("response[1].status", new ValueMatcher.Exactly("503"))
                .containsEntry("response[1].header.x", new ValueMatcher.Absent())
                .containsEntry("log[1].flags", new ValueMatcher.Contains("U"));
    }

    @Test
    void repeatsAndJoinsText() throws IOException {
        write(
                """
                exchanges:
                  - name: x
                    why: because
                    send: ["GET / ", {repeat: ab, times: 3}]
                    expect: {status: 200}
                """);

        assertThat(CaseReader.readAll(root).getFirst().exchanges().getFirst().steps().getFirst())
                .isEqualTo(new ClientStep.Send("GET / ababab"));
    }

    @Test
    void rejectsAnUnknownKey() throws IOException {
        write("exchanges: [{name: x, why: y, get: /, exepct: {}, expect: {status: 200}}]\n");

        rejected("kind/case/x: unknown [exepct]");
    }

    @Test
    void rejectsAnUnknownExpectation() throws IOException {
        write("exchanges: [{name: x, why: y, get: /, expect: {status: 200, flag: U}}]\n");

        rejected("kind/case/x.expect: unknown [flag]");
    }

    @Test
    void rejectsAnExchangeWithoutAReason() throws IOException {
        write("exchanges: [{name: x, get: /, expect: {status: 200}}]\n");

        rejected("kind/case/x.why: missing");
    }

    @Test
    void rejectsAnExchangeThatExpectsNothing() throws IOException {
        write("exchanges: [{name: x, why: y, get: /}]\n");

        rejected("kind/case/x: nothing expected");
    }

    @Test
    void rejectsTwoOfOneName() throws IOException {
        write(
                """
                exchanges:
                  - {name: x, why: y, get: /, expect: {status: 200}}
                  - {name: x, why: y, get: /, expect: {status: 200}}
                """);

        rejected("kind/case/x: there are two of this name");
    }

    @Test
    void rejectsACaseWithoutConfiguration() throws IOException {
        Files.delete(root.resolve("kind/bootstrap.yaml"));
        write("exchanges: [{name: x, why: y, get: /, expect: {status: 200}}]\n");

        rejected("no configuration");
    }

    private void rejected(String part) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CaseReader.readAll(root))
                .withMessageContaining(part);
    }

    private void write(String yaml) throws IOException {
        Files.writeString(root.resolve("kind/case/exchange.yaml"), yaml);
    }
}
