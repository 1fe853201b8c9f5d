// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When workers see what changed among a cluster's hosts ({@code update_merge_window}, ED5): what
 * discovery says at once; what active health checks and outlier detection find once for each
 * window, counted from the last time. Each priority by itself. Main loop.
 */
final class HostUpdates {
    private static final String PREFIX = "cluster_manager.";

    private final MainLoop loop;
    private final Duration window;
    private final StatsShard shard;
    private final Counter updated;
    private final Counter viaMerge;
    private final Counter cancelled;
    private final Counter outOfWindow;
    private final Consumer<BitSet> deliver;
    private final Map<Integer, Pending> byPriority = new HashMap<>();
    private boolean serving;

    /** What is held back of one priority. */
    private static final class Pending {
        private boolean everDelivered;
        private long deliveredAt;
        private MainLoop.@Nullable Timer timer;
    }

    /**
     * @param window zero: nothing is held back
     * @param deliver has workers see priorities as they are when this is called
     */
    HostUpdates(MainLoop loop, Duration window, StatsStore stats, Consumer<BitSet> deliver) {
        this.loop = loop;
        this.window = window;
        this.shard = stats.shard(0);
        this.updated = stats.counter(PREFIX + "cluster_updated");
        this.viaMerge = stats.counter(PREFIX + "cluster_updated_via_merge");
        this.cancelled = stats.counter(PREFIX + "update_merge_cancelled");
        this.outOfWindow = stats.counter(PREFIX + "update_out_of_merge_window");
        this.deliver = deliver;
    }

    /** From now on the cluster serves: only what changes from here on is an update. */
    void serve() {
        serving = true;
    }

    boolean isServing() {
        return serving;
    }

    /**
     * Priorities changed.
     *
     * @param moved those among them that are not held back
     */
    void onChange(BitSet changed, BitSet moved) {
        var now = new BitSet();
        changed.stream()
                .forEach(priority -> {
                    if (window.isZero() || !isHeldBack(priority, !moved.get(priority))) {
                        shard.inc(updated);
                        now.set(priority);
                    }
                });
        if (!now.isEmpty()) {
            deliver.accept(now);
        }
    }

    private boolean isHeldBack(int priority, boolean mergeable) {
        Pending pending = byPriority.computeIfAbsent(priority, _ -> new Pending());
        boolean late =
                !pending.everDelivered
                        || (loop.nanoTime() - pending.deliveredAt) / 1_000_000 > window.toMillis();
        if (mergeable && !late) {
            if (pending.timer == null) {
                pending.timer = loop.schedule(window, () -> merge(priority, pending));
            }
            return true;
        }
        if (mergeable) {
            shard.inc(outOfWindow);
        }
        if (pending.timer != null) {
            pending.timer.cancel();
            pending.timer = null;
            shard.inc(cancelled);
        }
        delivered(pending);
        return false;
    }

    private void merge(int priority, Pending pending) {
        pending.timer = null;
        shard.inc(viaMerge);
        var one = new BitSet();
        one.set(priority);
        deliver.accept(one);
        delivered(pending);
    }

    private void delivered(Pending pending) {
        pending.everDelivered = true;
        pending.deliveredAt = loop.nanoTime();
    }

    void close() {
        for (Pending pending : byPriority.values()) {
            if (pending.timer != null) {
                pending.timer.cancel();
            }
        }
        byPriority.clear();
    }
}
