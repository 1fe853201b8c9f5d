// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resource;

import com.google.protobuf.Message;
import dev.outrigger.policy.model.PolicyId;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One resource for one node group, not versioned yet. Immutable.
 *
 * @param provenance the documents whose content it holds: whom to tell when a proxy refuses it
 */
public record XdsResource(
        ResourceType type, String name, Message message, SortedSet<PolicyId> provenance) {
    public XdsResource {
        provenance = Collections.unmodifiableSortedSet(new TreeSet<>(provenance));
    }

    public static XdsResource of(
            ResourceType type, Message message, Collection<PolicyId> provenance) {
        return new XdsResource(type, type.nameOf(message), message, new TreeSet<>(provenance));
    }
}
