// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.Subscribed;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.TypeResources;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stream subscribes to, so that the thread that has a new snapshot can tell whom it concerns
 * without waking everybody. Immutable, any thread.
 */
final class Interest implements Subscribed {
    static final Interest NONE = new Interest(new EnumMap<>(ResourceType.class));

    private final Map<ResourceType, Wanted> types;

    private Interest(Map<ResourceType, Wanted> types) {
        this.types = types;
    }

    private record Wanted(boolean everything, NameSet names) {
        boolean isTouched(TypeResources before, TypeResources now) {
            if (before == now) {
                return false;
            }
            if (everything) {
                return true;
            }
            for (String name : now.changedSince(before)) {
                if (names.contains(name)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The one before, if nothing differs from it. */
    static Interest of(Collection<? extends StreamedType> types, Interest before) {
        var wanted = new EnumMap<ResourceType, Wanted>(ResourceType.class);
        boolean same = types.size() == before.types.size();
        for (StreamedType type : types) {
            var subscriptions = type.subscriptions;
            var known = before.types.get(type.type);
            if (known != null
                    && known.everything() == subscriptions.isWildcard()
                    && known.names().equals(subscriptions.names())) {
                wanted.put(type.type, known);
            } else {
                same = false;
                wanted.put(
                        type.type, new Wanted(subscriptions.isWildcard(), subscriptions.names()));
            }
        }
        return same ? before : new Interest(wanted);
    }

    @Override
    public boolean contains(ResourceType type, String name) {
        var wanted = types.get(type);
        return wanted != null && (wanted.everything() || wanted.names().contains(name));
    }

    @Override
    public List<String> names(ResourceType type) {
        var wanted = types.get(type);
        return wanted == null ? List.of() : wanted.names().asList();
    }

    /** Whether a stream that knows of the one snapshot has anything to do for the other. */
    boolean isTouched(@Nullable Snapshot before, Snapshot now) {
        if (before == null) {
            return true;
        }
        for (Map.Entry<ResourceType, Wanted> entry : types.entrySet()) {
            var type = entry.getKey();
            if (entry.getValue().isTouched(before.type(type), now.type(type))) {
                return true;
            }
        }
        return false;
    }
}
