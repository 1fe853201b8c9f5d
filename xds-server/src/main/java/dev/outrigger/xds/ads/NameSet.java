// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.TypeResources;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Names in order, in as little memory as they need. Immutable. */
final class NameSet {
    static final NameSet EMPTY = new NameSet(new String[0]);

    private final String[] names;
    private final int hash;

    /** Asked for by every stream that has this set, one after the other. */
    private @Nullable Versioned last;

    private record Versioned(WeakReference<TypeResources> of, String version) {}

    private NameSet(String[] names) {
        this.names = names;
        int sum = 0;
        for (String name : names) {
            sum += name.hashCode();
        }
        this.hash = sum;
    }

    static NameSet of(Collection<String> names) {
        if (names.isEmpty()) {
            return EMPTY;
        }
        var sorted = names.toArray(String[]::new);
        Arrays.sort(sorted);
        int distinct = 1;
        for (int i = 1; i < sorted.length; i++) {
            if (!sorted[i].equals(sorted[distinct - 1])) {
                sorted[distinct++] = sorted[i];
            }
        }
        return new NameSet(distinct == sorted.length ? sorted : Arrays.copyOf(sorted, distinct));
    }

    private static NameSet sorted(Set<String> names) {
        return names.isEmpty() ? EMPTY : new NameSet(names.toArray(String[]::new));
    }

    boolean contains(String name) {
        return Arrays.binarySearch(names, name) >= 0;
    }

    boolean isEmpty() {
        return names.length == 0;
    }

    int size() {
        return names.length;
    }

    List<String> asList() {
        return List.of(names);
    }

    NameSet with(Collection<String> more) {
        if (more.isEmpty()) {
            return this;
        }
        if (names.length == 0) {
            return of(more);
        }
        var all = new TreeSet<>(Arrays.asList(names));
        return all.addAll(more) ? sorted(all) : this;
    }

    NameSet without(Collection<String> fewer) {
        if (fewer.isEmpty() || names.length == 0) {
            return this;
        }
        var all = new TreeSet<>(Arrays.asList(names));
        boolean changed = false;
        for (String name : fewer) {
            changed |= all.remove(name);
        }
        return changed ? sorted(all) : this;
    }

    /** The version of those that exist, computed once for all streams. */
    String versionIn(TypeResources resources) {
        var known = last;
        if (known == null || !known.of().refersTo(resources)) {
            var version = SubsetVersion.of(resources, names);
            // A record is safe to hand over by a race; at worst somebody computes it again.
            known = new Versioned(new WeakReference<>(resources), version);
            last = known;
        }
        return known.version();
    }

    /** Whether these and no others are the names. */
    boolean isExactly(Set<String> others) {
        if (others.size() != names.length) {
            return false;
        }
        for (String name : names) {
            if (!others.contains(name)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof NameSet that
                        && hash == that.hash
                        && Arrays.equals(names, that.names));
    }

    /** As of a {@link Set}: see {@link NameSets}. */
    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return Arrays.toString(names);
    }
}
