// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.resource.ResourceType;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One response's refusal, by one node or several. Immutable.
 *
 * @param versions of the resources to blame, by name
 * @param responseVersion of the refused response
 * @param revision that asked for it
 * @param fields of documents that are to blame
 */
public record Refusal(
        ResourceType type,
        Map<String, String> versions,
        String responseVersion,
        String error,
        long revision,
        Instant since,
        List<PolicyField> fields,
        SortedSet<String> nodes) {
    public Refusal {
        versions = Collections.unmodifiableMap(new TreeMap<>(versions));
        fields = List.copyOf(fields);
        nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
    }

    Refusal alsoBy(SortedSet<String> others) {
        var all = new TreeSet<>(nodes);
        return all.addAll(others)
                ? new Refusal(type, versions, responseVersion, error, revision, since, fields, all)
                : this;
    }

    Withheld withheld() {
        return new Withheld(
                Withheld.Reason.REFUSED,
                revision,
                since,
                type.typeUrl(),
                responseVersion,
                List.copyOf(versions.keySet()),
                error,
                fields,
                List.copyOf(nodes));
    }
}
