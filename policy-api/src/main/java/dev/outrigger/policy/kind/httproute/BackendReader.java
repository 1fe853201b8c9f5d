// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Refs;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.BackendRef;
import dev.outrigger.policy.model.PolicyId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code backendRefs}: {@code name}, {@code namespace}, {@code port}, {@code weight}
 * (0..1,000,000, default 1, not all 0) and {@code filters}, which here can only edit headers.
 */
final class BackendReader {
    private static final List<String> TARGET_FIELDS = List.of("kind", "name", "namespace", "port");
    private static final List<String> FIELDS =
            List.of("kind", "name", "namespace", "port", "weight", "filters");
    private static final int MAX_WEIGHT = 1_000_000;

    private BackendReader() {}

    static List<BackendRef> readAll(DocumentNode list, PolicyId owner) {
        var backends = new ArrayList<BackendRef>();
        var mark = list.violations().mark();
        for (DocumentNode item : list.items(1, 32)) {
            if (!item.objectOf(FIELDS)) {
                continue;
            }
            var service = Refs.service(item, owner);
            var port = item.field("port").intIn(1, 65_535);
            var weight = item.field("weight").intIn(0, MAX_WEIGHT);
            var filters = FilterReader.ofBackend(item.field("filters"), owner);
            service.ifPresent(ref ->
                    backends.add(
                            new BackendRef(
                                    ref,
                                    port,
                                    weight.orElse(1),
                                    filters.request(),
                                    filters.response())));
        }
        boolean allZero =
                !backends.isEmpty() && backends.stream().allMatch(backend -> backend.weight() == 0);
        if (allZero && mark.isClean()) {
            list.violate(
                    ViolationCode.INCONSISTENT,
                    "All weights are 0 (expected: at least one above 0).");
        }
        return backends;
    }

    /** One reference without a weight. */
    static Optional<BackendRef> target(DocumentNode node, PolicyId owner) {
        if (!node.objectOf(TARGET_FIELDS)) {
            return Optional.empty();
        }
        var port = node.field("port").intIn(1, 65_535);
        return Refs.service(node, owner).map(ref -> new BackendRef(ref, port, 1));
    }
}
