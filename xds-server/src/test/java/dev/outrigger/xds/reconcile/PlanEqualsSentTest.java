// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.plan.ResourceChange;
import dev.outrigger.xds.kind.xdsresources.ResourceJson;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.plan.PolicyEffects;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.translate.XdsTranslator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a plan says proxies would be sent is what they then are sent, whatever is written. */
class PlanEqualsSentTest {
    private static final int REVISIONS = 240;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PolicyEffects effects =
            new PolicyEffects(List::of, _ -> java.util.Optional.empty());

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void planEqualsWhatIsSent(long seed) {
        var policies = new RandomPolicies(new SplittableRandom(seed));
        var kept = new DerivedResources(new XdsTranslator());
        var groups = new TreeMap<String, GroupResources>();
        PolicySet before = PolicySet.EMPTY;
        Map<String, Optional<Map<String, JsonNode>>> sent = new TreeMap<>();
        int compared = 0;
        for (int i = 0; i < REVISIONS; i++) {
            PolicySet after = policies.next();
            var planned = effects.between(before, after);
            kept.apply(after);
            for (String name : RandomPolicies.SIDECARS) {
                var id = new PolicyId("Sidecar", "default", name);
                var group =
                        groups.computeIfAbsent(
                                name, _ -> new GroupResources(new NodeGroupKey(List.of(id))));
                group.update(kept);
                var now = group.isConsistent() ? Optional.of(json(group)) : none();
                var then = sent.getOrDefault(name, Optional.empty());
                if (then.isPresent() && now.isPresent()) {
                    assertThat(planned(planned.resources(), id, then.get()))
                            .as("seed %d revision %d %s", seed, i, name)
                            .isEqualTo(now.get());
                    compared++;
                }
                sent.put(name, now);
            }
            before = after;
        }
        // Or nothing was compared; how often two sets in a row hold together is chance.
        assertThat(compared).isGreaterThan(10);
    }

    private static Optional<Map<String, JsonNode>> none() {
        return Optional.empty();
    }

    /** What was sent before, changed as planned. */
    private static Map<String, JsonNode> planned(
            List<ResourceChange> changes, PolicyId sidecar, Map<String, JsonNode> before) {
        var result = new TreeMap<>(before);
        for (ResourceChange change : changes) {
            if (change.sidecars().equals(List.of(sidecar))) {
                String key = change.type() + " " + change.name();
                assertThat(Optional.ofNullable(before.get(key))).isEqualTo(change.before());
                change.after()
                        .ifPresentOrElse(json -> result.put(key, json), () -> result.remove(key));
            }
        }
        return result;
    }

    private static Map<String, JsonNode> json(GroupResources group) {
        var all = new TreeMap<String, JsonNode>();
        for (ResourceType type : ResourceType.values()) {
            TypeResources resources = group.type(type);
            resources
                    .byName()
                    .forEach((name, resource) ->
                            all.put(
                                    type.typeUrl() + " " + name,
                                    parsed(type, resource.any().getValue().toByteArray())));
        }
        return all;
    }

    private static JsonNode parsed(ResourceType type, byte[] bytes) {
        try {
            return JSON.readTree(
                    ResourceJson.write(type.prototype().getParserForType().parseFrom(bytes)));
        } catch (InvalidProtocolBufferException | JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
