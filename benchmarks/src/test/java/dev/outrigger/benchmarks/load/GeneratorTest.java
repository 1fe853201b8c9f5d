// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GeneratorTest {

    private final RequestProfile request = RequestProfile.realistic(8);
    private final OwnGenerator generator = new OwnGenerator();
    private FixedAnswerServer server;
    private Thread serving;

    @BeforeEach
    void startServer() throws IOException {
        server = FixedAnswerServer.open(0, 1024);
        serving =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                server.serve();
                            } catch (IOException failed) {
                                throw new UncheckedIOException(failed);
                            }
                        });
    }

    @AfterEach
    void stopServer() throws IOException, InterruptedException {
        server.close();
        serving.join();
    }

    @Test
    void closedLoopStopsAfterTheNumberOfRequests() throws IOException, InterruptedException {
        var limit = new LoadLimit(Duration.ofSeconds(30), 200);

        var seen = generator.run(server.port(), request, new LoadShape.ClosedLoop(4), limit);

        // Answers that arrive together may take it a little beyond the limit, by fewer than it has
        // connections.
        assertThat(seen.requests()).isBetween(200L, 204L);
        assertThat(seen.errors()).isZero();
        assertThat(seen.p50Micros()).isPositive().isLessThanOrEqualTo(seen.p99Micros());
    }

    @Test
    void fixedRateSendsExactlyWhatIsDue() throws IOException, InterruptedException {
        var limit = LoadLimit.of(Duration.ofMillis(250));

        var seen = generator.run(server.port(), request, new LoadShape.FixedRate(400, 3), limit);

        assertThat(seen.requests()).isEqualTo(100);
        assertThat(seen.errors()).isZero();
    }

    @Test
    void closedLoopCountsConnectionsThatBreak() throws IOException, InterruptedException {
        try (var rude = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
            var hangUp = Thread.ofPlatform().start(() -> hangUp(rude, 2));
            var limit = new LoadLimit(Duration.ofSeconds(30), 1_000_000);

            var seen =
                    generator.run(rude.getLocalPort(), request, new LoadShape.ClosedLoop(2), limit);

            hangUp.join();
            assertThat(seen.errors()).isEqualTo(2);
            assertThat(seen.requests()).isZero();
        }
    }

    private static void hangUp(ServerSocket listener, int times) {
        try {
            for (int i = 0; i < times; i++) {
                try (var connection = listener.accept()) {
                    // One byte, so that the close comes after the request and not before it.
                    assertThat(connection.getInputStream().read()).isNotNegative();
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
