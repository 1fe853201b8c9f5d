// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a client wants of one type: names, everything, or both. Confined to its stream. */
final class Subscriptions {
    static final String WILDCARD = "*";

    private final UnaryOperator<NameSet> sharing;
    private NameSet names = NameSet.EMPTY;
    private boolean wildcard;

    /**
     * @param sharing replaces a set by an equal one that others have
     */
    Subscriptions(UnaryOperator<NameSet> sharing) {
        this.sharing = sharing;
    }

    boolean isWildcard() {
        return wildcard;
    }

    boolean isEmpty() {
        return !wildcard && names.isEmpty();
    }

    NameSet names() {
        return names;
    }

    boolean contains(String name) {
        return wildcard || names.contains(name);
    }

    void add(Collection<String> more) {
        wildcard |= more.contains(WILDCARD);
        names = sharing.apply(names.with(withoutWildcard(more)));
    }

    void remove(Collection<String> fewer) {
        wildcard &= !fewer.contains(WILDCARD);
        names = sharing.apply(names.without(fewer));
    }

    /** Everything, as a first request without names asks. */
    void legacyWildcard() {
        wildcard = true;
    }

    /** State of the world: the request says all there is. */
    void replace(Collection<String> all) {
        wildcard = all.contains(WILDCARD);
        var next = NameSet.of(withoutWildcard(all));
        names = next.equals(names) ? names : sharing.apply(next);
    }

    private static Collection<String> withoutWildcard(Collection<String> all) {
        if (!all.contains(WILDCARD)) {
            return all;
        }
        List<String> rest = all.stream().filter(name -> !name.equals(WILDCARD)).toList();
        return rest;
    }
}
