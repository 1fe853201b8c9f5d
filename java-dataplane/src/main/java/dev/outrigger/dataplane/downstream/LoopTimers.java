// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** An event loop as its timers see it. */
final class LoopTimers implements Timers.Loop {
    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private @Nullable WorkerContext context;

    private LoopTimers(EventLoop loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    /** What belongs to an event loop. */
    static WorkerContext context(
            int index, EventLoop loop, StatsShard shard, RequestPathOptions options) {
        var timers = new LoopTimers(loop, options.nanoTime());
        var context =
                new WorkerContext(
                        index,
                        timers,
                        shard,
                        options.randoms().apply(index),
                        options.clock(),
                        options.runtime());
        timers.context = context;
        return context;
    }

    @Override
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    @Override
    public void wakeUpAfter(long delay, TimeUnit unit) {
        loop.schedule(this::fire, delay, unit);
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    private void fire() {
        WorkerContext woken = context;
        if (woken != null) {
            woken.refreshNow();
            woken.timers().fire();
            woken.flushDirty();
        }
    }
}
