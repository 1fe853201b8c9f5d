// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** What a client wants of one type: names, everything, or both. */
final class Subscriptions {
    static final String WILDCARD = "*";

    private final Set<String> names = new HashSet<>();
    private boolean wildcard;

    boolean isWildcard() {
        return wildcard;
    }

    boolean isEmpty() {
        return !wildcard && names.isEmpty();
    }

    Set<String> names() {
        return names;
    }

    boolean contains(String name) {
        return wildcard || names.contains(name);
    }

    boolean containsExplicitly(String name) {
        return names.contains(name);
    }

    void add(String name) {
        if (name.equals(WILDCARD)) {
            wildcard = true;
        } else {
            names.add(name);
        }
    }

    void remove(String name) {
        if (name.equals(WILDCARD)) {
            wildcard = false;
        } else {
            names.remove(name);
        }
    }

    /** Everything, as an empty first request for listeners or clusters asks. */
    void legacyWildcard() {
        wildcard = true;
    }

    /** State of the world: the request says all there is. */
    void replace(Collection<String> all) {
        names.clear();
        wildcard = false;
        all.forEach(this::add);
    }
}
