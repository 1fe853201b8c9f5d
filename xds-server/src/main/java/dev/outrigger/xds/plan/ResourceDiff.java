// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Message;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.plan.PlannedEffects;
import dev.outrigger.policy.plan.ResourceChange;
import dev.outrigger.xds.kind.xdsresources.ResourceJson;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.node.NodeGroupResolver;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.reconcile.ResourcePreview;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which resources proxies would be served differently. */
final class ResourceDiff {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PolicySet before;
    private final PolicySet after;
    private final List<ResourceChange> changes = new ArrayList<>();

    ResourceDiff(PolicySet before, PolicySet after) {
        this.before = before;
        this.after = after;
    }

    /** The groups a node is in before and after. */
    private record Move(NodeGroupKey from, NodeGroupKey to) {}

    /** One more than are to be shown, if there are more. */
    List<ResourceChange> changes(List<NodeIdentity> nodes) {
        var resolverBefore = new NodeGroupResolver(before);
        var resolverAfter = new NodeGroupResolver(after);
        Map<Move, List<String>> moves = new LinkedHashMap<>();
        for (NodeIdentity node : nodes) {
            moves.computeIfAbsent(
                            new Move(resolverBefore.resolve(node), resolverAfter.resolve(node)),
                            _ -> new ArrayList<>())
                    .add(node.id());
        }
        // A Sidecar that no proxy runs yet is still what somebody writes policies for.
        var served =
                moves.keySet().stream()
                        .flatMap(move ->
                                java.util.stream.Stream.of(move.from(), move.to())
                                        .flatMap(key -> key.documents().stream()))
                        .collect(Collectors.toSet());
        for (PolicyId sidecar : sidecars()) {
            if (!served.contains(sidecar)) {
                var key = new NodeGroupKey(List.of(sidecar));
                moves.put(new Move(key, key), List.of());
            }
        }
        var previewBefore = new ResourcePreview(before);
        var previewAfter = new ResourcePreview(after);
        for (var move : moves.entrySet()) {
            compare(
                    move.getKey(),
                    move.getValue(),
                    byName(previewBefore.resources(move.getKey().from())),
                    byName(previewAfter.resources(move.getKey().to())));
            if (changes.size() > PlannedEffects.MAX_CHANGES) {
                break;
            }
        }
        return changes;
    }

    /** What stands between what a node was given and what a set asks for; as many as above. */
    static List<ResourceChange> outstanding(GivenSnapshot given, PolicySet wanted) {
        var group = new NodeGroupResolver(wanted).resolve(given.node());
        var diff = new ResourceDiff(PolicySet.EMPTY, wanted);
        diff.compare(
                new Move(new NodeGroupKey(given.snapshot().documents()), group),
                List.of(given.node().id()),
                byName(GivenResources.all(given.snapshot())),
                byName(new ResourcePreview(wanted).resources(group)));
        return diff.changes;
    }

    private Set<PolicyId> sidecars() {
        Set<PolicyId> ids = new LinkedHashSet<>();
        before.all(SidecarSpec.class).stream().map(Policy::id).forEach(ids::add);
        after.all(SidecarSpec.class).stream().map(Policy::id).forEach(ids::add);
        return ids;
    }

    private record Name(ResourceType type, String name) {
        private static final Comparator<Name> ORDER =
                Comparator.comparing(Name::type).thenComparing(Name::name);
    }

    private static Map<Name, Message> byName(List<XdsResource> resources) {
        var byName = new TreeMap<Name, Message>(Name.ORDER);
        resources.forEach(resource ->
                byName.putIfAbsent(new Name(resource.type(), resource.name()), resource.message()));
        return byName;
    }

    private void compare(
            Move move, List<String> proxies, Map<Name, Message> was, Map<Name, Message> is) {
        var documents = new TreeSet<>(move.from().documents());
        documents.addAll(move.to().documents());
        var names = new TreeSet<>(Name.ORDER);
        names.addAll(was.keySet());
        names.addAll(is.keySet());
        for (Name name : names) {
            Message one = was.get(name);
            Message other = is.get(name);
            if (one == null || !one.equals(other)) {
                changes.add(
                        new ResourceChange(
                                proxies,
                                List.copyOf(documents),
                                name.type().typeUrl(),
                                name.name(),
                                Optional.ofNullable(one).map(ResourceDiff::json),
                                Optional.ofNullable(other).map(ResourceDiff::json)));
                if (changes.size() > PlannedEffects.MAX_CHANGES) {
                    return;
                }
            }
        }
    }

    static JsonNode json(Message message) {
        try {
            return Blanked.of(JSON.readTree(ResourceJson.write(message)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("our own JSON", e);
        }
    }
}
