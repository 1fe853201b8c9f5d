// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import java.util.Optional;

/**
 * Which of a proxy's resources are asked for, in the order of {@link #key}. Immutable.
 *
 * @param type a type URL; all types without
 * @param name of one resource; all without
 * @param after the key of the last one that is known already; empty for none
 * @param limit how many at most
 */
public record GivenQuery(Optional<String> type, Optional<String> name, String after, int limit) {
    /** By what resources are ordered. */
    public static String key(String type, String name) {
        return type + "\n" + name;
    }

    public boolean asksFor(String resourceType, String resourceName) {
        return type.map(resourceType::equals).orElse(true)
                && name.map(resourceName::equals).orElse(true)
                && key(resourceType, resourceName).compareTo(after) > 0;
    }
}
