// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.MainLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Versions of listeners that were replaced or removed and still have their drain time: until its
 * end they go on asking for what their connections use, as in Envoy. Main loop only.
 */
final class DrainingListeners {
    private final MainLoop loop;
    private final Duration drainTime;
    private final Runnable onEnd;
    private final List<ListenerEntry> entries = new ArrayList<>();

    /**
     * @param onEnd called when one has had its time
     */
    DrainingListeners(MainLoop loop, Duration drainTime, Runnable onEnd) {
        this.loop = loop;
        this.drainTime = drainTime;
        this.onEnd = onEnd;
    }

    void add(ListenerEntry entry) {
        if (drainTime.isZero()) {
            return;
        }
        entries.add(entry);
        var _ =
                loop.schedule(
                        drainTime,
                        () -> {
                            entries.remove(entry);
                            onEnd.run();
                        });
    }

    List<ListenerEntry> entries() {
        return entries;
    }
}
