// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.ContentVersion;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import dev.outrigger.xds.snapshot.VersionedResource;
import dev.outrigger.xds.testing.FakePolicySource;
import dev.outrigger.xds.translate.XdsTranslator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept up to date is what would be built from scratch, whatever happened before. */
class DerivedResourcesTest {
    private static final int REVISIONS = 150;

    private final XdsTranslator translator = new XdsTranslator();

    private record Served(ByteString bytes, SortedSet<PolicyId> provenance) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void equalsWhatIsBuiltFromScratch(long seed) {
        var policies = new RandomPolicies(new SplittableRandom(seed));
        var kept = new DerivedResources(translator);
        var groups = new HashMap<NodeGroupKey, GroupResources>();
        int consistent = 0;
        for (int i = 0; i < REVISIONS; i++) {
            var set = policies.next();
            kept.apply(set);
            var fresh = new DerivedResources(translator);
            fresh.apply(set);
            var builder = new GroupBuilder(set, translator);
            for (NodeGroupKey key : keys()) {
                var group = groups.computeIfAbsent(key, GroupResources::new);
                group.update(kept);
                var scratch = builder.resources(key);
                var problems = ReferenceCheck.check(scratch);
                assertThat(group.isConsistent())
                        .as("seed %d revision %d %s %s", seed, i, key.documents(), problems)
                        .isEqualTo(problems.isEmpty() && isComplete(set, key));
                if (group.isConsistent()) {
                    consistent++;
                    assertThat(served(group))
                            .as("seed %d revision %d %s", seed, i, key.documents())
                            .isEqualTo(served(scratch));
                }
                var anew = new GroupResources(key);
                anew.update(fresh);
                assertThat(versions(group)).isEqualTo(versions(anew));
            }
        }
        // Or nothing was compared.
        assertThat(consistent).isGreaterThan(REVISIONS);
    }

    @Test
    void touchesOnlyWhatHangsOnAChange() {
        var policies = new FakePolicySource();
        policies.apply(services("10.0.0.1", "1s"));
        var kept = new DerivedResources(translator);
        kept.apply(policies.current());
        var group = group("a");
        group.update(kept);
        var first = group.types();

        policies.apply(services("10.0.0.1", "1s"));
        kept.apply(policies.current());
        group.update(kept);
        assertThat(group.types()).as("an unchanged save").isEqualTo(first);

        policies.apply(services("10.0.0.2", "1s"));
        kept.apply(policies.current());
        group.update(kept);
        var second = group.types();
        assertThat(changed(first, second)).isEqualTo(Map.of("EDS", List.of("default/b/80")));

        policies.apply(services("10.0.0.2", "2s"));
        kept.apply(policies.current());
        group.update(kept);
        assertThat(changed(second, group.types()))
                .isEqualTo(Map.of("RDS", List.of("outbound/http")));
    }

    @Test
    void sidecarsThatSeeTheSameShareIt() {
        var policies = new FakePolicySource();
        policies.apply(services("10.0.0.1", "1s"));
        var kept = new DerivedResources(translator);
        kept.apply(policies.current());
        var one = group("a");
        var other = group("c");
        one.update(kept);
        other.update(kept);

        for (String name : List.of("default/b/80", "default/c/80")) {
            assertThat(one.type(ResourceType.CLUSTER).get(name))
                    .isNotNull()
                    .isSameAs(other.type(ResourceType.CLUSTER).get(name));
        }
        assertThat(bytes(one, "outbound/http")).isSameAs(bytes(other, "outbound/http"));
    }

    private static Object bytes(GroupResources group, String route) {
        return group.type(ResourceType.ROUTE).find(route).orElseThrow().any().getValue();
    }

    private static GroupResources group(String sidecar) {
        return new GroupResources(
                new NodeGroupKey(List.of(new PolicyId("Sidecar", "default", sidecar))));
    }

    private static String services(String address, String timeout) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: b}
        spec:
          hostnames: [b.local]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: %s, port: 8080}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: c}
        spec:
          hostnames: [c.local]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 10.0.0.9, port: 8080}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: b}
        spec:
          targetRefs: [{kind: Service, name: b}]
          timeouts: {request: %s}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a}
        spec:
          selector: {cluster: a}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: 15001}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: c}
        spec:
          selector: {cluster: c}
          outbound: {listeners: [{name: http, address: 127.0.0.1, port: 15001}]}
        """
                .formatted(address, timeout);
    }

    /** By short type name, the names that are not what they were. */
    private static Map<String, List<String>> changed(
            Map<ResourceType, dev.outrigger.xds.snapshot.TypeResources> before,
            Map<ResourceType, dev.outrigger.xds.snapshot.TypeResources> after) {
        var changed = new TreeMap<String, List<String>>();
        after.forEach((type, resources) -> {
            var was = before.getOrDefault(type, dev.outrigger.xds.snapshot.TypeResources.EMPTY);
            if (resources != was) {
                changed.put(type.shortName(), resources.changedSince(was));
            }
        });
        return changed;
    }

    /** Each document alone, and all together. */
    private static List<NodeGroupKey> keys() {
        var a = new PolicyId("Sidecar", "default", "a");
        var b = new PolicyId("Sidecar", "default", "b");
        var r = new PolicyId("XdsResources", "default", "r");
        var s = new PolicyId("XdsResources", "default", "s");
        return List.of(
                new NodeGroupKey(List.of()),
                new NodeGroupKey(List.of(a)),
                new NodeGroupKey(List.of(a, r)),
                new NodeGroupKey(List.of(b, r, s)),
                new NodeGroupKey(List.of(a, b)),
                new NodeGroupKey(List.of(r, s)));
    }

    /** The resolver names documents that there are. */
    private static boolean isComplete(PolicySet set, NodeGroupKey key) {
        return key.documents().stream().allMatch(id -> set.find(id).isPresent());
    }

    private static Map<String, Served> served(GroupResources group) {
        var served = new TreeMap<String, Served>();
        group.types()
                .forEach((type, resources) ->
                        resources
                                .byName()
                                .forEach((name, resource) ->
                                        served.put(
                                                type.shortName() + " " + name,
                                                new Served(
                                                        resource.any().getValue(),
                                                        resource.provenance()))));
        return served;
    }

    private static Map<String, Served> served(List<XdsResource> resources) {
        var served = new TreeMap<String, Served>();
        for (XdsResource resource : resources) {
            served.put(
                    resource.type().shortName() + " " + resource.name(),
                    new Served(
                            ContentVersion.serialize(resource.message()), resource.provenance()));
        }
        return served;
    }

    private static Map<String, String> versions(GroupResources group) {
        var versions = new TreeMap<String, String>();
        group.types()
                .forEach((type, resources) -> {
                    versions.put(type.shortName(), resources.version());
                    for (VersionedResource resource : resources.byName().values()) {
                        versions.put(type.shortName() + " " + resource.name(), resource.version());
                    }
                });
        return versions;
    }
}
