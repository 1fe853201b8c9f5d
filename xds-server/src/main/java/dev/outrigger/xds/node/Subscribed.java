// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.xds.resource.ResourceType;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** What a client asks for. Immutable, any thread. */
public interface Subscribed {
    Subscribed NOTHING =
            new Subscribed() {
                @Override
                public boolean contains(ResourceType type, String name) {
                    return false;
                }

                @Override
                public List<String> names(ResourceType type) {
                    return List.of();
                }
            };

    /** Whether it asks for a resource, by name or by asking for everything. */
    boolean contains(ResourceType type, String name);

    /** What it asks for by name, in order. */
    List<String> names(ResourceType type);

    /** What several streams of a client ask for. */
    static Subscribed allOf(Collection<Subscribed> streams) {
        var all = List.copyOf(streams);
        return new Subscribed() {
            @Override
            public boolean contains(ResourceType type, String name) {
                return all.stream().anyMatch(one -> one.contains(type, name));
            }

            @Override
            public List<String> names(ResourceType type) {
                var names = new TreeSet<String>();
                all.forEach(one -> names.addAll(one.names(type)));
                return List.copyOf(names);
            }
        };
    }
}
