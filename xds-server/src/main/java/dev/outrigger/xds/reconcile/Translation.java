// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import dev.outrigger.xds.translate.XdsTranslator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From policy sets to what each group is to be served, in proportion to what changed since the set
 * before. Confined to the translation thread; what it gives away is immutable.
 */
final class Translation {
    private static final Logger log = LoggerFactory.getLogger(Translation.class);

    private final XdsTranslator translator = new XdsTranslator();
    private final DerivedResources derived = new DerivedResources(translator);
    private final Map<NodeGroupKey, GroupResources> groups = new HashMap<>();

    /** What a set comes to. Immutable. */
    record Translated(PolicySet policies, Map<NodeGroupKey, GroupContent> groups) {
        /** What a set comes to that could not be translated at all. */
        static Translated unusable(PolicySet policies, Set<NodeGroupKey> keys) {
            var contents = new HashMap<NodeGroupKey, GroupContent>();
            keys.forEach(key -> contents.put(key, new GroupContent.Unusable(List.of())));
            return new Translated(policies, contents);
        }
    }

    /**
     * Translates a set.
     *
     * @param keys the groups that have nodes; others cost nothing and are forgotten
     */
    Translated translate(PolicySet policies, Set<NodeGroupKey> keys) {
        derived.apply(policies);
        derived.retain(
                keys.stream().flatMap(key -> key.documents().stream()).collect(Collectors.toSet()));
        groups.keySet().retainAll(keys);
        var contents = new LinkedHashMap<NodeGroupKey, GroupContent>();
        for (NodeGroupKey key : keys) {
            contents.put(key, content(key));
        }
        return new Translated(policies, contents);
    }

    private GroupContent content(NodeGroupKey key) {
        try {
            var group = groups.computeIfAbsent(key, GroupResources::new);
            group.update(derived);
            if (group.isConsistent()) {
                return new GroupContent.Consistent(group.types());
            }
            var problems = problems(key);
            return problems.isEmpty()
                    ? new GroupContent.Consistent(group.types())
                    : new GroupContent.Unusable(problems);
        } catch (RuntimeException bug) {
            log.error("translation failed group={}", key.documents(), bug);
            groups.remove(key);
            return new GroupContent.Unusable(List.of());
        }
    }

    /** What does not hold together, in words. */
    private List<ReferenceCheck.Problem> problems(NodeGroupKey key) {
        return ReferenceCheck.check(
                new GroupBuilder(derived.policies(), translator).resources(key));
    }
}
