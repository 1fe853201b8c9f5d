// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SnapshotBuilderTest {
    private static final PolicyId DOCUMENT = new PolicyId("Service", "default", "b");

    @Test
    void equalContentHasAnEqualVersionWhoeverBuildsIt() {
        var here = build(new SnapshotBuilder(), Optional.empty(), cluster("x", "y"), endpoints());
        var there = build(new SnapshotBuilder(), Optional.empty(), cluster("y", "x"), endpoints());

        for (ResourceType type : ResourceType.values()) {
            assertThat(here.type(type).version()).isEqualTo(there.type(type).version());
        }
        // Pinned: what a hash depends on must not change unnoticed, or every proxy is sent all.
        assertThat(version(here, ResourceType.CLUSTER)).hasSize(32);
    }

    @Test
    void whatDidNotChangeIsTheSameObject() {
        var builder = new SnapshotBuilder();
        var first = build(builder, Optional.empty(), cluster("x"), endpoints());

        var second = build(builder.successor(), Optional.of(first), cluster("y"), endpoints());
        var third = build(builder.successor(), Optional.of(first), cluster("x"), endpoints());

        assertThat(second.type(ResourceType.CLUSTER)).isNotSameAs(first.type(ResourceType.CLUSTER));
        assertThat(third.type(ResourceType.CLUSTER)).isSameAs(first.type(ResourceType.CLUSTER));
        assertThat(third.type(ResourceType.ENDPOINT)).isSameAs(first.type(ResourceType.ENDPOINT));
    }

    @Test
    void groupsShareTheBytesOfWhatIsEqual() {
        var builder = new SnapshotBuilder();

        var one = build(builder, Optional.empty(), cluster("x"));
        var other = build(builder, Optional.empty(), cluster("x"), endpoints());

        assertThat(one.type(ResourceType.CLUSTER).byName().get("b"))
                .isSameAs(other.type(ResourceType.CLUSTER).byName().get("b"));
    }

    @Test
    void endpointsChangeTheirVersionWithTheirCluster() {
        var builder = new SnapshotBuilder();
        var first = build(builder, Optional.empty(), cluster("x"), endpoints());

        var second = build(builder.successor(), Optional.of(first), cluster("y"), endpoints());

        assertThat(version(second, ResourceType.ENDPOINT))
                .isNotEqualTo(version(first, ResourceType.ENDPOINT));
    }

    private static String version(Snapshot snapshot, ResourceType type) {
        return java.util.Objects.requireNonNull(snapshot.type(type).byName().get("b"), "b")
                .version();
    }

    private static Snapshot build(
            SnapshotBuilder builder, Optional<Snapshot> previous, XdsResource... resources) {
        return builder.build(1, List.of(DOCUMENT), List.of(resources), previous);
    }

    /** A map field, whose order on the wire is anybody's choice. */
    private static XdsResource cluster(String... keys) {
        var struct = Struct.newBuilder();
        for (String key : keys) {
            struct.putFields(key, Value.newBuilder().setBoolValue(true).build());
        }
        return XdsResource.of(
                ResourceType.CLUSTER,
                Cluster.newBuilder()
                        .setName("b")
                        .setType(Cluster.DiscoveryType.EDS)
                        .setMetadata(Metadata.newBuilder().putFilterMetadata("m", struct.build()))
                        .build(),
                Set.of(DOCUMENT));
    }

    private static XdsResource endpoints() {
        return XdsResource.of(
                ResourceType.ENDPOINT,
                ClusterLoadAssignment.newBuilder().setClusterName("b").build(),
                Set.of(DOCUMENT));
    }
}
