// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.testing;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.store.PolicySource;
import dev.outrigger.xds.kind.xdsresources.XdsResourceSchema;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Policies in memory; tells its listeners on the caller's thread. */
public final class FakePolicySource implements PolicySource {
    private final List<Consumer<PolicySet>> listeners = new CopyOnWriteArrayList<>();
    private PolicySet current = PolicySet.EMPTY;

    /** The documents of a YAML text, as policy-api validates them. */
    public static PolicySet policies(String yaml) {
        return switch (PolicyReader.of(new XdsResourceSchema(), Capabilities.ENVOY_ONLY)
                .read(yaml)) {
            case Checked.Valid<PolicySet>(var set) -> set;
            case Checked.Invalid<PolicySet>(var violations) ->
                    throw new AssertionError(violations.toString());
        };
    }

    /** Replaces everything by the documents of a YAML text; returns the revision. */
    public synchronized long apply(String yaml) {
        var set = policies(yaml);
        var next = new PolicySet(current.revision() + 1, List.<Policy<?>>copyOf(set.all()));
        current = next;
        listeners.forEach(listener -> listener.accept(next));
        return next.revision();
    }

    @Override
    public synchronized PolicySet current() {
        return current;
    }

    @Override
    public synchronized Registration onChange(Consumer<PolicySet> listener) {
        listeners.add(listener);
        listener.accept(current);
        return () -> listeners.remove(listener);
    }
}
