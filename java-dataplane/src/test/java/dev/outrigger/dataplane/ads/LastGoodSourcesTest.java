// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.state.FakeMainLoop;
import dev.outrigger.dataplane.state.Protos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastGoodSourcesTest {
    private static final ConfigSourceConfig ADS = new ConfigSourceConfig.Ads(Duration.ZERO);
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    private final FakeMainLoop loop = new FakeMainLoop();
    private final OneSource source = new OneSource();
    private final RecordingSink sink = new RecordingSink();
    @TempDir private Path folder;
    private Path file;

    /** A control plane of which nothing is known but who listens. */
    private static final class OneSource implements XdsSources {
        private @Nullable ResourceSink sink;

        @Override
        public Subscription open(
                ConfigSourceConfig config, XdsType type, String statPrefix, ResourceSink taker) {
            sink = taker;
            return new Subscription() {
                @Override
                public void request(Set<String> names) {}

                @Override
                public void requestOnDemand(String name) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void pause(XdsType type) {}

        @Override
        public void resume(XdsType type) {}

        ResourceSink sink() {
            return requireNonNull(sink);
        }
    }

    @BeforeEach
    void open() {
        file = folder.resolve("last-good");
    }

    @Test
    void standsInWhenTheFirstStreamFails() {
        remember(XdsType.CLUSTER, cluster("a"));

        var _ = start("n").open(ADS, XdsType.CLUSTER, "", sink);
        source.sink().onStreamFailure();
        loop.advance(Duration.ZERO);

        assertThat(sink.states).singleElement().satisfies(state -> assertThat(state).hasSize(1));
    }

    @Test
    void standsInWhenNothingIsHeard() {
        remember(XdsType.CLUSTER, cluster("a"));

        var _ = start("n").open(ADS, XdsType.CLUSTER, "", sink);
        loop.advance(LastGoodSources.PATIENCE);

        assertThat(sink.states).hasSize(1);
    }

    @Test
    void leavesTheControlPlaneAloneOnceItAnswered() {
        remember(XdsType.CLUSTER, cluster("a"));

        var _ = start("n").open(ADS, XdsType.CLUSTER, "", sink);
        assertThat(source.sink().onState(List.of(cluster("b")), "2")).isEmpty();
        source.sink().onStreamFailure();
        loop.advance(A_WHILE);

        assertThat(sink.states).hasSize(1);
        assertThat(LastGoodSources.nameOf(sink.states.getFirst().getFirst())).isEqualTo("b");
    }

    @Test
    void namedResourcesComeWhenTheyAreAskedFor() {
        remember(XdsType.ENDPOINT, endpoints("a"), endpoints("b"));

        var subscription = start("n").open(ADS, XdsType.ENDPOINT, "", sink);
        source.sink().onStreamFailure();
        loop.advance(Duration.ZERO);
        assertThat(sink.states).isEmpty();
        subscription.request(Set.of("b"));
        loop.advance(Duration.ZERO);

        assertThat(sink.states)
                .singleElement()
                .satisfies(state ->
                        assertThat(state).extracting(LastGoodSources::nameOf).containsExactly("b"));
    }

    @Test
    void whoAsksLaterNeedNotWaitForAControlPlaneThatIsAway() {
        remember(XdsType.CLUSTER, cluster("a"));
        remember(XdsType.LISTENER, cluster("l"));
        var sources = start("n");
        var _ = sources.open(ADS, XdsType.CLUSTER, "", new RecordingSink());
        loop.advance(LastGoodSources.PATIENCE);

        var _ = sources.open(ADS, XdsType.LISTENER, "", sink);
        loop.advance(Duration.ZERO);

        assertThat(sink.states).hasSize(1);
    }

    @Test
    void refusedConfigurationIsNotRemembered() {
        remember(XdsType.CLUSTER, cluster("a"));

        var taker = new RecordingSink();
        taker.refusal = Optional.of("bad");
        var _ = start("n").open(ADS, XdsType.CLUSTER, "", taker);
        assertThat(source.sink().onState(List.of(cluster("b")), "2")).isPresent();
        loop.advance(A_WHILE);
        var _ = start("n").open(ADS, XdsType.CLUSTER, "", sink);
        loop.advance(A_WHILE);

        assertThat(LastGoodSources.nameOf(sink.states.getFirst().getFirst())).isEqualTo("a");
    }

    @Test
    void damagedFileIsAsNone() throws IOException {
        remember(XdsType.CLUSTER, cluster("a"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        var _ = start("n").open(ADS, XdsType.CLUSTER, "", sink);
        loop.advance(A_WHILE);

        assertThat(sink.states).isEmpty();
    }

    @Test
    void fileOfAnotherNodeIsAsNone() {
        remember(XdsType.CLUSTER, cluster("a"));

        var _ = start("other").open(ADS, XdsType.CLUSTER, "", sink);
        loop.advance(A_WHILE);

        assertThat(sink.states).isEmpty();
    }

    @Test
    void onlyTheOwnerMayReadTheFile() throws IOException {
        remember(XdsType.CLUSTER, cluster("a"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    private void remember(XdsType type, Resource... resources) {
        var _ = start("n").open(ADS, type, "", new RecordingSink());
        assertThat(source.sink().onState(List.of(resources), "1")).isEmpty();
        loop.advance(A_WHILE);
        assertThat(file).exists();
    }

    private LastGoodSources start(String node) {
        return new LastGoodSources(loop, source, file, node, Runnable::run);
    }

    private static Resource cluster(String name) {
        return new Resource(
                "", "1", XdsType.CLUSTER.typeUrl(), Protos.staticCluster(name, 9).toByteArray());
    }

    private static Resource endpoints(String name) {
        return new Resource(
                "", "1", XdsType.ENDPOINT.typeUrl(), Protos.assignment(name, 9).toByteArray());
    }
}
