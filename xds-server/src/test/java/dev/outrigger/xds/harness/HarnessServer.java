// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.xds.XdsEngine;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.testing.Eventually;
import dev.outrigger.xds.testing.FakePolicySource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Our server with raw resources of the scenarios' making. A resource is a name and a content; what
 * the content is matters to nobody but must change.
 */
final class HarnessServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FakePolicySource policies = new FakePolicySource();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<ResourceType, Map<String, Integer>> resources =
            new EnumMap<>(ResourceType.class);
    private final XdsEngine engine;
    private int contents;

    HarnessServer() throws IOException {
        engine =
                XdsEngine.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AdsOptions.DEFAULT,
                        policies,
                        meters,
                        InstantSource.system(),
                        new Random(1));
    }

    int port() {
        return engine.port();
    }

    /** Adds it or gives it another content. */
    void put(ResourceType type, String name) {
        contents++;
        resources.computeIfAbsent(type, _ -> new TreeMap<>()).put(name, contents);
    }

    void remove(ResourceType type, String name) {
        resources.computeIfAbsent(type, _ -> new TreeMap<>()).remove(name);
    }

    void publish() {
        var document = new StringBuilder();
        resources.forEach((type, byName) ->
                byName.forEach((name, content) ->
                        document.append(resource(type, name, content).indent(2))));
        policies.apply(
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: XdsResources
                metadata: {name: harness}
                spec:
                  selector: {cluster: test}
                  resources:
                """
                        + document);
    }

    /** Until the server has read so many requests. */
    void awaitRequests(int count) throws Exception {
        Eventually.within(
                PATIENCE,
                () ->
                        assertThat(meters.get("outrigger.xds.requests").counter().count())
                                .isGreaterThanOrEqualTo(count));
    }

    /** Until everything has been sent and answered, so that nothing more can come. */
    void awaitQuiet() throws Exception {
        assertThat(engine.status().awaitSync(policies.current().revision(), PATIENCE).synced())
                .isTrue();
    }

    private static String resource(ResourceType type, String name, int content) {
        return switch (type) {
            case CLUSTER ->
                    """
                    - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                      name: %s
                      type: STATIC
                      alt_stat_name: content-%d
                    """
                            .formatted(name, content);
            case ENDPOINT ->
                    """
                    - "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
                      cluster_name: %s
                      endpoints: [{priority: 0, locality: {zone: content-%d}}]
                    """
                            .formatted(name, content);
            case LISTENER ->
                    """
                    - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
                      name: %s
                      stat_prefix: content-%d
                    """
                            .formatted(name, content);
            case ROUTE ->
                    """
                    - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
                      name: %s
                      internal_only_headers: [content-%d]
                    """
                            .formatted(name, content);
            case RUNTIME, SECRET, EXTENSION, SCOPED_ROUTE, VIRTUAL_HOST ->
                    throw new AssertionError("no scenario has " + type);
        };
    }

    @Override
    public void close() {
        engine.close();
    }
}
