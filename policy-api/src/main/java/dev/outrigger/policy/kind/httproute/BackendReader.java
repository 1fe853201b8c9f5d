// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Refs;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.BackendRef;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Match;
import dev.outrigger.policy.model.PolicyId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code backendRefs}: {@code name}, {@code namespace}, {@code port}, {@code weight}
 * (0..1,000,000, default 1, not all 0) and {@code filters}, which here edit headers and, for HTTP,
 * rewrite: the host name of each backend its own, the path only where there is one backend.
 */
final class BackendReader {
    private static final List<String> TARGET_FIELDS = List.of("kind", "name", "namespace", "port");
    private static final List<String> FIELDS =
            List.of("kind", "name", "namespace", "port", "weight", "filters");
    private static final int MAX_WEIGHT = 1_000_000;

    private final RouteProtocol protocol;
    private final PolicyId owner;
    private final List<Match> matches;

    BackendReader(RouteProtocol protocol, PolicyId owner, List<Match> matches) {
        this.protocol = protocol;
        this.owner = owner;
        this.matches = matches;
    }

    List<BackendRef> readAll(DocumentNode list) {
        var backends = new ArrayList<BackendRef>();
        var mark = list.violations().mark();
        for (DocumentNode item : list.items(1, 32)) {
            if (!item.objectOf(FIELDS)) {
                continue;
            }
            var service = Refs.service(item, owner);
            var port = item.field("port").intIn(1, 65_535);
            var weight = item.field("weight").intIn(0, MAX_WEIGHT);
            var filters = FilterReader.ofBackend(protocol, item.field("filters"), owner, matches);
            service.ifPresent(ref ->
                    backends.add(
                            new BackendRef(
                                    ref,
                                    port,
                                    weight.orElse(1),
                                    filters.request(),
                                    filters.response(),
                                    filters.rewrite())));
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

    /**
     * Two rewrites of one request would have to be put in an order, and a proxy rewrites the path
     * before it has chosen among several backends.
     */
    void checkRewrites(DocumentNode list, List<BackendRef> backends, RouteFilters ofRule) {
        for (int i = 0; i < backends.size(); i++) {
            var rewrite = backends.get(i).rewrite();
            if (rewrite.isEmpty()) {
                continue;
            }
            DocumentNode filters = list.item(i).field("filters");
            if (ofRule.rewrite().isPresent()) {
                filters.violate(
                        ViolationCode.INCONSISTENT,
                        "Rewrites what a filter of the rule rewrites already.");
            } else if (rewrite.get().path().isPresent() && backends.size() > 1) {
                filters.violate(
                        ViolationCode.INCONSISTENT,
                        "Rewrites the path for one of several backends (expected: a rule of its"
                                + " own, or only 'hostname').");
            }
        }
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
