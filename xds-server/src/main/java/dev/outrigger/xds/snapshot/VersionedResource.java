// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import com.google.protobuf.Any;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.resource.ResourceType;
import java.util.SortedSet;

/**
 * A resource as it goes to proxies: serialised once, shared by every stream and group that has it.
 * Immutable.
 *
 * @param endpointsName the assignment a cluster gets by EDS; empty for others
 * @param provenance the documents whose content it holds
 */
public record VersionedResource(
        ResourceType type,
        String name,
        String version,
        Any any,
        String endpointsName,
        SortedSet<PolicyId> provenance) {
    /**
     * Whether it differs from another in nothing. Provenance is looked at last: it may have to be
     * gathered first.
     */
    @SuppressWarnings("ReferenceEquality") // A short cut to the same answer.
    public boolean isSame(VersionedResource other) {
        return this == other
                || (type == other.type
                        && version.equals(other.version)
                        && name.equals(other.name)
                        && endpointsName.equals(other.endpointsName)
                        && (provenance == other.provenance || provenance.equals(other.provenance)));
    }

    /** Its size in a response, a few bytes generous. */
    public int sizeBytes() {
        return any.getValue().size() + 2 * name.length() + version.length() + 128;
    }
}
