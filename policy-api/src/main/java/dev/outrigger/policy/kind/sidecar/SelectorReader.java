// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.sidecar;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.sidecar.SidecarSpec.Selector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code selector}: {@code cluster} (the node's cluster, exactly) and {@code labels} (string
 * values of the node's metadata), at least one condition.
 */
public final class SelectorReader {
    private SelectorReader() {}

    public static Optional<Selector> read(DocumentNode node) {
        var mark = node.violations().mark();
        if (!node.objectOf(List.of("cluster", "labels"))) {
            return Optional.empty();
        }
        DocumentNode clusterNode = node.field("cluster");
        var cluster = Names.printable(clusterNode, 256);
        if (cluster.isPresent() && cluster.get().isEmpty()) {
            clusterNode.violate(ViolationCode.BAD_VALUE, "Is empty (expected: a node's cluster).");
        }
        var labels = new LinkedHashMap<String, String>();
        for (DocumentNode.Field label : node.field("labels").fields(32)) {
            Names.printable(label.value(), 1_024)
                    .ifPresent(value -> labels.put(label.name(), value));
        }
        if (mark.isClean() && cluster.isEmpty() && labels.isEmpty()) {
            node.violate(
                    ViolationCode.MISSING_FIELD,
                    "Would select every proxy (expected: 'cluster', 'labels' or both).");
        }
        return mark.ifClean(() -> new Selector(cluster, labels));
    }
}
