// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * All resources of one type in a snapshot. The same object as in the snapshot before if nothing
 * changed, which is how a stream sees at once that it has nothing to do. Immutable.
 */
public final class TypeResources {
    public static final TypeResources EMPTY = new TypeResources(new TreeMap<>());

    private final String version;
    private final NavigableMap<String, VersionedResource> byName;

    private TypeResources(NavigableMap<String, VersionedResource> byName) {
        this.byName = Collections.unmodifiableNavigableMap(byName);
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
}
