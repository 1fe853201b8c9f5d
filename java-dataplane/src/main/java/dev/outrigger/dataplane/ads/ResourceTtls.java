// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Resources that are gone unless they are heard of again in time (XD8). A word without content only
 * keeps one alive. Main loop only.
 */
final class ResourceTtls {
    private final MainLoop loop;
    private final Map<XdsType, Map<String, MainLoop.Timer>> timers = new EnumMap<>(XdsType.class);

    ResourceTtls(MainLoop loop) {
        this.loop = loop;
    }

    /**
     * Was heard of now.
     *
     * @param ttl zero for ever
     * @param sink is told when it is gone
     */
    void heard(XdsType type, String name, Duration ttl, ResourceSink sink) {
        var ofType = timers.computeIfAbsent(type, _ -> new HashMap<>());
        var before = ofType.remove(name);
        if (before != null) {
            before.cancel();
        }
        if (!ttl.isZero()) {
            ofType.put(
                    name,
                    loop.schedule(
                            ttl,
                            () -> {
                                ofType.remove(name);
                                var _ = sink.onDelta(List.of(), List.of(name), "");
                            }));
        }
    }

    /** The server removed it. */
    void removed(XdsType type, String name) {
        var ofType = timers.get(type);
        var timer = ofType == null ? null : ofType.remove(name);
        if (timer != null) {
            timer.cancel();
        }
    }

    void close() {
        timers.values().forEach(ofType -> ofType.values().forEach(MainLoop.Timer::cancel));
        timers.clear();
    }
}
