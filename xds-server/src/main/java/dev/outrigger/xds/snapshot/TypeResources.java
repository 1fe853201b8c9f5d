// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import dev.outrigger.policy.tree.SharedTree;
import java.lang.ref.WeakReference;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All resources of one type in a snapshot. The same object as in the snapshot before if nothing
 * changed, which is how a stream sees at once that it has nothing to do. Immutable; a changed copy
 * shares what did not change, and the difference between two costs no more than what differs.
 */
public final class TypeResources {
    /** How often a name is looked up before all are put where they are found at once. */
    private static final int FEW_LOOKUPS = 64;

    /** The version of no resources at all. */
    private static final String NOTHING = new ContentHash(0, 0).hex();

    public static final TypeResources EMPTY = new TypeResources(SharedTree.byName());

    private final SharedTree<String, VersionedResource> tree;

    /** Computed when first asked for; another thread may compute the same again. */
    private @Nullable String version;

    /**
     * The same resources, found with a cache miss or two instead of a tree's twenty: with many
     * streams that is a quarter of what a change costs. Immutable, so that a race over it does no
     * harm; null while few names have been looked up.
     */
    private @Nullable Map<String, VersionedResource> index;

    private int lookups;

    /** The comparison asked for last: nearly every stream comes from the same predecessor. */
    private volatile @Nullable Comparison lastComparison;

    private TypeResources(SharedTree<String, VersionedResource> tree) {
        this.tree = tree;
    }

    public static TypeResources of(Collection<VersionedResource> resources) {
        var all = EMPTY;
        for (VersionedResource resource : resources) {
            all = all.with(resource);
        }
        return all;
    }

    /**
     * A copy with the resource in the place of its predecessor; the same object, with the
     * predecessor, if the two differ in nothing.
     */
    public TypeResources with(VersionedResource resource) {
        var before = tree.get(resource.name());
        return before != null && before.isSame(resource)
                ? this
                : new TypeResources(tree.with(resource.name(), resource));
    }

    /** A copy without the name; the same object if it has none of it. */
    public TypeResources without(String name) {
        var changed = tree.without(name);
        return changed == tree ? this : new TypeResources(changed);
    }

    /** The version of the whole: it depends on the names and the versions, on nothing else. */
    public String version() {
        var known = version;
        if (known == null) {
            ContentHash hash =
                    tree.summary((left, name, resource, right) ->
                            ContentHash.ofNode(left, name, resource.version(), right));
            known = hash == null ? NOTHING : hash.hex();
            version = known;
        }
        return known;
    }

    public @Nullable VersionedResource get(String name) {
        var known = index;
        if (known != null) {
            return known.get(name);
        }
        lookups++; // Roughly: threads may count over each other.
        if (lookups >= Math.max(FEW_LOOKUPS, tree.size() / 16)) {
            index = Map.copyOf(byName());
        }
        return tree.get(name);
    }

    public Optional<VersionedResource> find(String name) {
        return Optional.ofNullable(get(name));
    }

    public int size() {
        return tree.size();
    }

    /** In the order of the names. */
    public Map<String, VersionedResource> byName() {
        return new ByName(tree);
    }

    /** The names whose content differs from what it was, added and removed ones included. */
    public List<String> changedSince(TypeResources before) {
        if (before == this) {
            return List.of();
        }
        var known = lastComparison;
        if (known != null && known.before().refersTo(before)) {
            return known.names();
        }
        var names =
                differencesFrom(before).stream()
                        .filter(Difference::isOfContent)
                        .map(Difference::name)
                        .toList();
        // The predecessor must not be kept alive by its successor.
        lastComparison = new Comparison(new WeakReference<>(before), names);
        return names;
    }

    /** Whether two differ in nothing, not even in where a resource came from. */
    public boolean isSame(TypeResources other) {
        return this == other
                || differencesFrom(other).stream()
                        .allMatch(difference ->
                                difference.before().isPresent()
                                        && difference.after().isPresent()
                                        && difference
                                                .after()
                                                .get()
                                                .isSame(difference.before().get()));
    }

    /** Every name that does not stand for the very same resource in both, in order. */
    public List<Difference> differencesFrom(TypeResources before) {
        var differences = new ArrayList<Difference>();
        tree.differences(
                before.tree, (name, was, is) -> differences.add(new Difference(name, was, is)));
        return differences;
    }

    /** A resource that was added, changed or removed; perhaps in its provenance only. */
    public record Difference(
            String name, Optional<VersionedResource> before, Optional<VersionedResource> after) {
        boolean isOfContent() {
            return !before.map(VersionedResource::version)
                    .equals(after.map(VersionedResource::version));
        }
    }

    private record Comparison(WeakReference<TypeResources> before, List<String> names) {}

    private static final class ByName extends AbstractMap<String, VersionedResource> {
        private final SharedTree<String, VersionedResource> tree;

        ByName(SharedTree<String, VersionedResource> tree) {
            this.tree = tree;
        }

        @Override
        public @Nullable VersionedResource get(Object name) {
            return name instanceof String text ? tree.get(text) : null;
        }

        @Override
        public boolean containsKey(Object name) {
            return get(name) != null;
        }

        @Override
        public Collection<VersionedResource> values() {
            return tree.values();
        }

        @Override
        public int size() {
            return tree.size();
        }

        @Override
        public Set<Map.Entry<String, VersionedResource>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public Iterator<Map.Entry<String, VersionedResource>> iterator() {
                    var resources = tree.values().iterator();
                    return new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return resources.hasNext();
                        }

                        @Override
                        public Map.Entry<String, VersionedResource> next() {
                            var resource = resources.next();
                            return Map.entry(resource.name(), resource);
                        }
                    };
                }

                @Override
                public int size() {
                    return tree.size();
                }
            };
        }
    }
}
