// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.resource.XdsResource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All XdsResources documents, and the endpoints they supply to services: a Service names them for
 * all its callers, whoever the document selects. Confined to the reconciler's thread.
 */
final class RawDocuments {
    private static final Logger log = LoggerFactory.getLogger(RawDocuments.class);

    private final Map<PolicyId, RawDocument> documents = new HashMap<>();

    /** By EDS resource name, then by document; the first document supplies it. */
    private final Map<String, TreeMap<PolicyId, XdsResource>> assignments = new HashMap<>();

    /** Takes changes in, and returns the names of endpoints that are not what they were. */
    Set<String> apply(Collection<PolicySet.Change> changes) {
        var changed = new HashSet<String>();
        for (PolicySet.Change change : changes) {
            var before = Optional.ofNullable(documents.remove(change.id()));
            before.ifPresent(raw -> withdraw(change.id(), raw, changed));
            change.after()
                    .flatMap(policy -> policy.as(XdsResourcesSpec.class))
                    .flatMap(policy -> read(policy, before))
                    .ifPresent(raw -> {
                        documents.put(change.id(), raw);
                        supply(change.id(), raw, changed);
                    });
        }
        return changed;
    }

    private static Optional<RawDocument> read(
            Policy<XdsResourcesSpec> policy, Optional<RawDocument> before) {
        try {
            return Optional.of(RawDocument.of(policy, before));
        } catch (RuntimeException bug) {
            // Was accepted when it was written. Whoever it selects keeps what it has.
            log.error("document cannot be read document={}", policy.id(), bug);
            return Optional.empty();
        }
    }

    private void withdraw(PolicyId id, RawDocument raw, Set<String> changed) {
        for (String name : raw.assignments().keySet()) {
            changed.add(name);
            assignments.computeIfPresent(
                    name,
                    (_, supplied) -> {
                        supplied.remove(id);
                        return supplied.isEmpty() ? null : supplied;
                    });
        }
    }

    private void supply(PolicyId id, RawDocument raw, Set<String> changed) {
        raw.assignments()
                .forEach((name, resource) -> {
                    changed.add(name);
                    assignments.computeIfAbsent(name, _ -> new TreeMap<>()).put(id, resource);
                });
    }

    @Nullable RawDocument find(PolicyId id) {
        return documents.get(id);
    }

    /** The endpoints of that EDS resource name, if a document supplies them. */
    @Nullable XdsResource assignment(String name) {
        var supplied = assignments.get(name);
        return supplied == null ? null : Objects.requireNonNull(supplied.firstEntry()).getValue();
    }
}
