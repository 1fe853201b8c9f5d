// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.resource.ResourceType;
import java.util.Collection;

/** How many names a stream may make the server remember. */
final class NameLimits {
    private NameLimits() {}

    /**
     * @param names of the type, once the request is granted
     */
    static void check(
            StreamLimits limits,
            Collection<? extends StreamedType> types,
            ResourceType type,
            long names)
            throws ProtocolViolation {
        if (names > limits.resourceNames()) {
            throw exceeded(limits.resourceNames(), "of " + type.shortName() + " on one stream");
        }
        long all = names;
        for (StreamedType other : types) {
            if (other.type != type) {
                all += other.trackedNames();
            }
        }
        if (all > limits.resourceNamesInAll()) {
            throw exceeded(limits.resourceNamesInAll(), "on one stream");
        }
    }

    private static ProtocolViolation exceeded(int limit, String where) {
        return new ProtocolViolation(
                ProtocolViolation.Kind.LIMIT_EXCEEDED,
                "more than " + limit + " resource names " + where);
    }
}
