// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import dev.outrigger.policy.tree.SharedTree;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Identity of a stored document: kind, namespace and name, for example {@code Service/default/b}.
 * Immutable.
 */
public record PolicyId(String kind, String namespace, String name) implements Comparable<PolicyId> {
    /** The namespace of a document that names none. */
    public static final String DEFAULT_NAMESPACE = "default";

    private static final Comparator<PolicyId> ORDER =
            Comparator.comparing(PolicyId::kind)
                    .thenComparing(PolicyId::namespace)
                    .thenComparing(PolicyId::name);

    public PolicyId {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(name, "name");
    }

    /** Reads what {@link #toString} writes; empty for anything else. */
    public static Optional<PolicyId> parse(String text) {
        String[] parts = text.split("/", -1);
        if (List.of(parts).contains("")) {
            return Optional.empty();
        }
        return switch (parts.length) {
            case 2 -> Optional.of(new PolicyId(parts[0], DEFAULT_NAMESPACE, parts[1]));
            case 3 -> Optional.of(new PolicyId(parts[0], parts[1], parts[2]));
            default -> Optional.empty();
        };
    }

    /** The same in every process, unlike {@link #hashCode}. */
    long hash() {
        return (SharedTree.hash(kind) * 31 + SharedTree.hash(namespace)) * 31
                + SharedTree.hash(name);
    }

    @Override
    public int compareTo(PolicyId other) {
        return ORDER.compare(this, other);
    }

    /** {@code Kind/name} in the default namespace, {@code Kind/namespace/name} elsewhere. */
    @Override
    public String toString() {
        return namespace.equals(DEFAULT_NAMESPACE)
                ? kind + "/" + name
                : kind + "/" + namespace + "/" + name;
    }
}
