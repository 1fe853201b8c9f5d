// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Somebody's role in a namespace.
 *
 * @param name the subject of a token, or a name in a certificate
 * @param namespace or {@code *} for all of them
 */
public record RoleBinding(String name, String namespace, Role role) {
    private static final Pattern GRANT =
            Pattern.compile("(?:(\\*|[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?):)?([a-z]+)");

    /**
     * Reads {@code NAME=ROLE} or {@code NAME=NAMESPACE:ROLE}.
     *
     * @throws IllegalArgumentException saying what is expected
     */
    public static RoleBinding parse(String text) {
        int equals = text.lastIndexOf('=');
        return Optional.of(text)
                .filter(_ -> equals > 0)
                .flatMap(all -> grant(all.substring(0, equals), all.substring(equals + 1)))
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "'"
                                        + text
                                        + "' gives nobody a role (expected: NAME=ROLE or"
                                        + " NAME=NAMESPACE:ROLE, with a role of viewer, editor,"
                                        + " admin)"));
    }

    /** Reads {@code ROLE} or {@code NAMESPACE:ROLE}; empty for anything else. */
    static Optional<RoleBinding> grant(String name, String text) {
        var matcher = GRANT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String namespace = Optional.ofNullable(matcher.group(1)).orElse(Caller.EVERYWHERE);
        return Role.find(matcher.group(2)).map(role -> new RoleBinding(name, namespace, role));
    }

    /** The highest role in each namespace. */
    static Map<String, Role> roles(Collection<RoleBinding> bindings) {
        var roles = new HashMap<String, Role>();
        bindings.forEach(binding ->
                roles.merge(
                        binding.namespace(),
                        binding.role(),
                        (one, other) -> one.covers(other) ? one : other));
        return roles;
    }
}
