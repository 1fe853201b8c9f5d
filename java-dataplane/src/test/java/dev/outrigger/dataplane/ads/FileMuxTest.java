// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.state.FakeMainLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMuxTest {
    private static final String CLUSTER =
            """
            version_info: "%s"
            resources:
            - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
              name: %s
            """;
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    private final FakeMainLoop loop = new FakeMainLoop();
    private final RecordingSink sink = new RecordingSink();
    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void open() {
        file = folder.resolve("cds.yaml");
    }

    @Test
    void readsOnceAndAgainAfterAReplacement() throws IOException {
        Files.writeString(file, CLUSTER.formatted("1", "a"));
        start();

        loop.advance(A_WHILE);
        assertThat(sink.states).hasSize(1);
        assertThat(sink.states.getFirst().getFirst().version()).isEqualTo("1");

        replace(CLUSTER.formatted("2", "bb"));
        loop.advance(A_WHILE);
        loop.advance(A_WHILE);

        assertThat(sink.states).hasSize(2);
        assertThat(sink.states.getLast().getFirst().version()).isEqualTo("2");
    }

    @Test
    void brokenFileIsAFailureOnceAndKeepsWhatWas() throws IOException {
        Files.writeString(file, CLUSTER.formatted("1", "a"));
        start();
        loop.advance(A_WHILE);

        replace("resources: [");
        loop.advance(A_WHILE);
        loop.advance(A_WHILE);

        assertThat(sink.failures).isEqualTo(1);
        assertThat(sink.states).hasSize(1);
    }

    @Test
    void missingFileIsAFailureOnceUntilItAppears() throws IOException {
        start();
        loop.advance(A_WHILE);
        loop.advance(A_WHILE);
        assertThat(sink.failures).isEqualTo(1);

        Files.writeString(file, CLUSTER.formatted("1", "a"));
        loop.advance(A_WHILE);

        assertThat(sink.states).hasSize(1);
    }

    @Test
    void readsAgainForANewName() throws IOException {
        file = folder.resolve("eds.json");
        Files.writeString(file, "{\"version_info\": \"1\"}");
        var mux = new FileMux(loop, file, XdsType.ENDPOINT);
        mux.start(XdsType.ENDPOINT, sink);
        loop.advance(A_WHILE);
        assertThat(sink.states).isEmpty();

        mux.request(XdsType.ENDPOINT, Set.of("a"));
        loop.advance(A_WHILE);
        mux.request(XdsType.ENDPOINT, Set.of("a", "b"));
        loop.advance(A_WHILE);

        assertThat(sink.states).hasSize(2);
    }

    private void start() {
        new FileMux(loop, file, XdsType.CLUSTER).start(XdsType.CLUSTER, sink);
    }

    private void replace(String content) throws IOException {
        Path next = folder.resolve("next");
        Files.writeString(next, content);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
