// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.dataplane.ads.XdsType;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.parse.ParseContext;
import dev.outrigger.dataplane.parse.UnknownFields;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DiscoveredResourcesTest {
    private static final ResourceReference A = reference("a");
    private static final ResourceReference B = reference("b");

    private final FakeMainLoop loop = new FakeMainLoop();
    private final FakeXdsSources xds = new FakeXdsSources();
    private final StatsStore stats = new StatsStore(2);
    private final List<String> changes = new ArrayList<>();
    private final DiscoveredResources<Map<String, RuntimeValue>> resources =
            new DiscoveredResources<>(
                    loop,
                    xds,
                    stats,
                    new DiscoveredResources.Kind<>(
                            XdsType.RUNTIME,
                            new XdsResourceParser(
                                            ParseContext.dynamic(
                                                    ParseContext.Ads.DELTA,
                                                    _ -> true,
                                                    UnknownFields.IGNORED))
                                    ::runtime,
                            reference -> reference.name() + ".",
                            List.of(),
                            (wanted, name) -> "not " + wanted + " but " + name,
                            "not one but "),
                    (reference, _) -> changes.add(reference.name()),
                    () -> {});

    @Test
    void settlesEachWhenItComes() {
        resources.use(List.of(A, B));

        var refusal = xds.state(XdsType.RUNTIME, "1", runtime("a", 1));

        assertThat(refusal).isEmpty();
        assertThat(xds.requests(XdsType.RUNTIME)).containsExactly(Set.of("a", "b"));
        assertThat(resources.isSettled(A)).isTrue();
        assertThat(resources.isSettled(B)).isFalse();
        assertThat(resources.find(A)).isPresent();
        assertThat(changes).containsExactly("a");
    }

    @Test
    void waitsNoLongerThanTheInitialFetchTimeout() {
        resources.use(List.of(A));

        loop.advance(Duration.ofSeconds(15));

        assertThat(resources.isSettled(A)).isTrue();
        assertThat(resources.find(A)).isEmpty();
        assertThat(counter("a.init_fetch_timeout")).isEqualTo(1);
    }

    @Test
    void keepsTheLastOneWhenAnUpdateIsRefused() {
        resources.use(List.of(A));
        assertThat(xds.state(XdsType.RUNTIME, "1", runtime("a", 1))).isEmpty();
        var before = resources.find(A);

        var refusal = xds.state(XdsType.RUNTIME, "2", broken("a"));

        assertThat(refusal).hasValueSatisfying(text -> assertThat(text).contains("Invalid"));
        assertThat(resources.find(A)).isEqualTo(before).isPresent();
        assertThat(counter("a.update_rejected")).isEqualTo(1);
    }

    @Test
    void forgetsWhatNobodyNeeds() {
        resources.use(List.of(A, B));
        assertThat(xds.state(XdsType.RUNTIME, "1", runtime("a", 1))).isEmpty();

        resources.use(List.of(B));

        assertThat(resources.find(A)).isEmpty();
        assertThat(xds.requests(XdsType.RUNTIME)).last().isEqualTo(Set.of("b"));
    }

    @Test
    void sameContentAgainLoadsTheRuntimeAgain() {
        resources.use(List.of(A));
        assertThat(xds.state(XdsType.RUNTIME, "1", runtime("a", 1))).isEmpty();

        assertThat(xds.state(XdsType.RUNTIME, "2", runtime("a", 1))).isEmpty();

        // The runtime is loaded again whatever came, as in Envoy.
        assertThat(changes).containsExactly("a", "a");
        assertThat(counter("a.update_success")).isEqualTo(2);
    }

    private long counter(String name) {
        return stats.value(stats.counter(name));
    }

    private static ResourceReference reference(String name) {
        return new ResourceReference(name, new ConfigSourceConfig.Ads(Duration.ofSeconds(15)));
    }

    private static Runtime runtime(String name, double value) {
        return Runtime.newBuilder()
                .setName(name)
                .setLayer(
                        Struct.newBuilder()
                                .putFields("k", Value.newBuilder().setNumberValue(value).build()))
                .build();
    }

    private static Runtime broken(String name) {
        return Runtime.newBuilder()
                .setName(name)
                .setLayer(
                        Struct.newBuilder()
                                .putFields(
                                        "k",
                                        Value.newBuilder()
                                                .setNullValue(NullValue.NULL_VALUE)
                                                .build()))
                .build();
    }
}
