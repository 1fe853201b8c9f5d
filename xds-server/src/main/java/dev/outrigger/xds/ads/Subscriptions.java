// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.util.Collection;
import java.util.List;

/** What a client wants of one type: names, everything, or both. Confined to its stream. */
final class Subscriptions {
    static final String WILDCARD = "*";

    private final NameSets sharing;
    private NameSet names = NameSet.EMPTY;
    private boolean wildcard;

    /**
     * @param sharing has the sets that others have
     */
    Subscriptions(NameSets sharing) {
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
        var added = withoutWildcard(more);
        names = names.isEmpty() ? sharing.of(added) : sharing.share(names.with(added));
    }

    void remove(Collection<String> fewer) {
        wildcard &= !fewer.contains(WILDCARD);
        names = sharing.share(names.without(fewer));
    }

    /** Everything, as a first request without names asks. */
    void legacyWildcard() {
        wildcard = true;
    }

    /** State of the world: the request says all there is. */
    void replace(Collection<String> all) {
        wildcard = all.contains(WILDCARD);
        names = sharing.of(withoutWildcard(all));
    }

    private static Collection<String> withoutWildcard(Collection<String> all) {
        if (!all.contains(WILDCARD)) {
            return all;
        }
        List<String> rest = all.stream().filter(name -> !name.equals(WILDCARD)).toList();
        return rest;
    }
}
