// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All resources of one type in a snapshot. The same object as in the snapshot before if nothing
 * changed, which is how a stream sees at once that it has nothing to do. Immutable, any thread.
 */
public final class TypeResources {
    public static final TypeResources EMPTY = new TypeResources(new TreeMap<>());

    private final String version;
    private final NavigableMap<String, VersionedResource> byName;
    private final Map<String, VersionedResource> index;

    /** The comparison asked for last: nearly every stream comes from the same predecessor. */
    private volatile @Nullable Comparison lastComparison;

    private TypeResources(NavigableMap<String, VersionedResource> byName) {
        this.byName = Collections.unmodifiableNavigableMap(byName);
        this.index = new HashMap<>(byName);
        this.version = ContentVersion.of(byName.values());
    }

    public static TypeResources of(Collection<VersionedResource> resources) {
        var byName = new TreeMap<String, VersionedResource>();
        resources.forEach(resource -> byName.put(resource.name(), resource));
        return new TypeResources(byName);
    }

    public String version() {
        return version;
    }

    public NavigableMap<String, VersionedResource> byName() {
        return byName;
    }

    public @Nullable VersionedResource get(String name) {
        return index.get(name);
    }

    public int size() {
        return index.size();
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
        var names = compare(before);
        // The predecessor must not be kept alive by its successor.
        lastComparison = new Comparison(new WeakReference<>(before), names);
        return names;
    }

    @SuppressWarnings("ReferenceEquality") // What did not change is mostly the same object.
    private List<String> compare(TypeResources before) {
        var names = new ArrayList<String>();
        var olds = before.byName.values().iterator();
        var news = byName.values().iterator();
        var old = next(olds);
        var now = next(news);
        while (old != null || now != null) {
            int order =
                    old == null ? 1 : now == null ? -1 : old == now ? 0 : compareNames(old, now);
            if (order == 0) {
                if (old != now && old != null && now != null && differ(old, now)) {
                    names.add(now.name());
                }
                old = next(olds);
                now = next(news);
            } else if (order < 0 && old != null) {
                names.add(old.name());
                old = next(olds);
            } else if (now != null) {
                names.add(now.name());
                now = next(news);
            }
        }
        return Collections.unmodifiableList(names);
    }

    private static int compareNames(VersionedResource old, VersionedResource now) {
        return old.name().compareTo(now.name());
    }

    private static boolean differ(VersionedResource old, VersionedResource now) {
        return !old.version().equals(now.version());
    }

    private static @Nullable VersionedResource next(Iterator<VersionedResource> resources) {
        return resources.hasNext() ? resources.next() : null;
    }

    private record Comparison(WeakReference<TypeResources> before, List<String> names) {}
}
