// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.Reference;
import dev.outrigger.policy.model.ServiceRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which documents have to do with which: who refers to whom, who has which host name, who sets what
 * for whom. Kept for the set that was asked about last, so that a write costs what it changes. Any
 * thread.
 */
final class SetIndex {
    private final ReferenceCheck references;
    private final Map<Key, Set<PolicyId>> holders = new HashMap<>();
    private PolicySet indexed = PolicySet.EMPTY;

    SetIndex(ReferenceCheck references) {
        this.references = references;
    }

    /** What several documents may have in common; the first is what one refers to. */
    private sealed interface Key {
        record Target(PolicyId id) implements Key {}

        record Hostname(String name) implements Key {}

        record Taken(TieCheck.Slot slot) implements Key {}

        /** Documents that say what others may ask for. */
        record Guards() implements Key {}

        /** Documents that ask for something that may be guarded. */
        record Guarded() implements Key {}
    }

    /**
     * The documents that a finding could be about that is true of only one of the two sets: those
     * that differ, those that refer to them, and those that have something in common with them.
     */
    synchronized Set<PolicyId> touched(PolicySet before, PolicySet after) {
        moveTo(before);
        var touched = new TreeSet<PolicyId>();
        for (PolicySet.Change change : after.changesSince(before)) {
            touched.add(change.id());
            touched.addAll(holders(new Key.Target(change.id())));
            for (Optional<Policy<?>> version : List.of(change.before(), change.after())) {
                version.ifPresent(policy -> {
                    for (Key key : shared(policy)) {
                        touched.addAll(holders(key));
                    }
                });
            }
        }
        return touched;
    }

    private Set<PolicyId> holders(Key key) {
        return holders.getOrDefault(key, Set.of());
    }

    private void moveTo(PolicySet set) {
        for (PolicySet.Change change : set.changesSince(indexed)) {
            change.before()
                    .ifPresent(policy ->
                            keys(policy)
                                    .forEach(key -> {
                                        var all = holders.get(key);
                                        if (all != null
                                                && all.remove(policy.id())
                                                && all.isEmpty()) {
                                            holders.remove(key);
                                        }
                                    }));
            change.after()
                    .ifPresent(policy ->
                            keys(policy)
                                    .forEach(key ->
                                            holders.computeIfAbsent(key, _ -> new HashSet<>())
                                                    .add(policy.id())));
        }
        indexed = set;
    }

    private Collection<Key> keys(Policy<?> policy) {
        var keys = new HashSet<>(claims(policy));
        for (Reference reference : references.references(policy)) {
            keys.add(new Key.Target(reference.target()));
        }
        return keys;
    }

    /** What others may claim as well. */
    private static List<Key> claims(Policy<?> policy) {
        var keys = new ArrayList<Key>();
        if (policy.spec() instanceof ServiceSpec service) {
            service.hostnames().forEach(name -> keys.add(new Key.Hostname(name)));
        }
        if (policy.spec() instanceof TrafficPolicySpec traffic) {
            TieCheck.slots(traffic).forEach(slot -> keys.add(new Key.Taken(slot)));
        }
        if (GuardrailCheck.isGuard(policy.spec())) {
            keys.add(new Key.Guards());
        }
        if (GuardrailCheck.isGuarded(policy.spec())) {
            keys.add(new Key.Guarded());
        }
        return keys;
    }

    /** Claims, and what else a document decides about. */
    private static List<Key> shared(Policy<?> policy) {
        var keys = new ArrayList<>(claims(policy));
        // What may not go together; the guarded have nothing to do with each other.
        if (keys.contains(new Key.Guards())) {
            keys.add(new Key.Guarded());
        } else if (keys.remove(new Key.Guarded())) {
            keys.add(new Key.Guards());
        }
        if (policy.spec() instanceof SidecarSpec sidecar) {
            // Who calls a service may be a Sidecar's word alone.
            ServiceRef caller = sidecar.service();
            keys.add(new Key.Target(new PolicyId("Service", caller.namespace(), caller.name())));
        }
        return keys;
    }
}
