// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.node.StreamListener.TypeState;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/** Tells a listener how a stream's types stand, whenever that changes. Confined to its stream. */
final class TypeReports {
    private final StreamListener listener;
    private final Map<ResourceType, TypeState> reported = new EnumMap<>(ResourceType.class);
    private long reportedEdition = -1;

    TypeReports(StreamListener listener) {
        this.listener = listener;
    }

    void report(Collection<? extends StreamedType> types, Stages stages, Snapshot snapshot) {
        for (StreamedType type : types) {
            var now = type.state(stages.areRemovalsHeld(type));
            if (!now.equals(reported.put(type.type, now))) {
                listener.state(type.type, now);
            }
        }
        if (reportedEdition != snapshot.edition()) {
            reportedEdition = snapshot.edition();
            listener.evaluated(snapshot.edition(), snapshot.revision(), snapshot.documents());
        }
    }
}
