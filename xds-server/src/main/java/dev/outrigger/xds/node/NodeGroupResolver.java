// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which documents select a node. A node that none selects belongs to the empty group and is served
 * nothing, so that a stranger learns nothing. Immutable, any thread.
 */
public final class NodeGroupResolver {
    private final List<Selection> selections;

    public NodeGroupResolver(PolicySet policies) {
        var found = new ArrayList<Selection>();
        policies.all(SidecarSpec.class)
                .forEach(sidecar ->
                        found.add(new Selection(sidecar.id(), sidecar.spec().selector())));
        policies.all(XdsResourcesSpec.class)
                .forEach(raw -> found.add(new Selection(raw.id(), raw.spec().selector())));
        found.sort(Comparator.comparing(Selection::document));
        selections = List.copyOf(found);
    }

    public NodeGroupKey resolve(NodeIdentity node) {
        return new NodeGroupKey(
                selections.stream()
                        .filter(selection -> selects(selection.selector(), node))
                        .map(Selection::document)
                        .toList(),
                node.client());
    }

    private static boolean selects(SidecarSpec.Selector selector, NodeIdentity node) {
        return selector.cluster().map(cluster -> cluster.equals(node.cluster())).orElse(true)
                && node.labels().entrySet().containsAll(selector.labels().entrySet());
    }

    private record Selection(PolicyId document, SidecarSpec.Selector selector) {}
}
