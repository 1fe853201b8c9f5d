// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.field;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.ServiceRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** References to services: {@code kind} (Service, may be left out), {@code name}, namespace. */
public final class Refs {
    public static final String SERVICE = "Service";
    public static final List<String> FIELDS = List.of("kind", "name", "namespace");

    private Refs() {}

    /** The fields {@link #FIELDS} of a node whose other fields the caller reads. */
    public static Optional<ServiceRef> service(DocumentNode node, PolicyId owner) {
        node.field("kind").oneOf(Map.of(SERVICE, SERVICE));
        var name = Names.label(node.field("name").required());
        return name.map(given -> new ServiceRef(namespace(node, owner), given));
    }

    /** A list of references and nothing else; the same twice is refused. */
    public static List<ServiceRef> services(DocumentNode list, PolicyId owner, int min, int max) {
        var refs = new java.util.ArrayList<ServiceRef>();
        for (DocumentNode item : list.items(min, max)) {
            if (!item.objectOf(FIELDS)) {
                continue;
            }
            service(item, owner)
                    .ifPresent(ref -> {
                        if (refs.contains(ref)) {
                            item.violate(
                                    ViolationCode.DUPLICATE,
                                    "Service " + Quoted.of(ref.toString()) + " is named twice.");
                        }
                        refs.add(ref);
                    });
        }
        return refs;
    }

    /** The field {@code namespace}, or the owner's. */
    public static String namespace(DocumentNode node, PolicyId owner) {
        return Names.label(node.field("namespace")).orElse(owner.namespace());
    }

    public static PolicyId id(ServiceRef ref) {
        return new PolicyId(SERVICE, ref.namespace(), ref.name());
    }
}
