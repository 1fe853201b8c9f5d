// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.util.Locale;
import java.util.Optional;

/** What somebody may do in a namespace; each role may what the ones before it may. */
public enum Role {
    /** Read. */
    VIEWER,
    /** Write documents. */
    EDITOR,
    /** Write what reaches beyond the namespace's own services: raw Envoy resources. */
    ADMIN;

    /** As written in tokens and configuration, for example {@code viewer}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> find(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }
}
