// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.util.Map;
import java.util.Objects;

/**
 * Who a request comes from, and what they may do where. Immutable.
 *
 * @param name for the log and the revisions
 * @param isAuthenticated whether the name was proved; nobody has to prove one on loopback
 * @param roles by namespace; {@link #EVERYWHERE} holds in all of them
 */
record Caller(String name, boolean isAuthenticated, Map<String, Role> roles) {
    static final String EVERYWHERE = "*";

    /** Whoever reaches a loopback socket. */
    static final Caller LOCAL = new Caller("anonymous", false, Map.of(EVERYWHERE, Role.ADMIN));

    Caller {
        Objects.requireNonNull(name, "name");
        roles = Map.copyOf(roles);
    }

    /** Whether they may, in a namespace or, for {@link #EVERYWHERE}, in all of them. */
    boolean may(Role needed, String namespace) {
        return has(needed, EVERYWHERE) || has(needed, namespace);
    }

    /** Whether they may do this anywhere at all. */
    boolean mayAnywhere(Role needed) {
        return roles.values().stream().anyMatch(role -> role.covers(needed));
    }

    private boolean has(Role needed, String namespace) {
        Role role = roles.get(namespace);
        return role != null && role.covers(needed);
    }
}
