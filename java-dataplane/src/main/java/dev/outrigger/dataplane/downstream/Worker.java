// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.accesslog.AccessLogBuffers;
import dev.outrigger.dataplane.exchange.WorkerServices;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.UpstreamConnector;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** One event loop with everything confined to it. */
final class Worker {
    private final EventLoop eventLoop;
    private final WorkerContext context;
    private final WorkerServices services;

    /** Confined to the event loop. */
    private final List<WorkerListener> listeners = new ArrayList<>();

    Worker(
            int index,
            EventLoop eventLoop,
            Transport transport,
            StatsShard shard,
            RequestPathOptions options,
            ByteBufAllocator allocator) {
        this.eventLoop = eventLoop;
        this.context =
                new WorkerContext(
                        index,
                        new Loop(eventLoop, options.nanoTime()),
                        shard,
                        options.randoms().apply(index),
                        options.clock(),
                        options.runtime());
        this.services =
                new WorkerServices(
                        context,
                        new UpstreamConnector(eventLoop, transport.channels(), allocator),
                        new AccessLogBuffers(
                                shard,
                                options.fileFlushInterval(),
                                options.fileFlushMinSizeBytes()));
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    WorkerContext context() {
        return context;
    }

    WorkerServices services() {
        return services;
    }

    /** Runs on the loop as one event: with the time read before and output flushed after. */
    void execute(Runnable task) {
        eventLoop.execute(() -> {
            context.refreshNow();
            task.run();
            context.flushDirty();
        });
    }

    void add(WorkerListener listener) {
        listeners.add(listener);
    }

    void remove(WorkerListener listener) {
        listeners.remove(listener);
    }

    void closeAll() {
        listeners.forEach(WorkerListener::closeAll);
        services.flushLogs();
    }

    /** The event loop as the timers see it. */
    private final class Loop implements Timers.Loop {
        private final EventLoop loop;
        private final LongSupplier nanoTime;

        Loop(EventLoop loop, LongSupplier nanoTime) {
            this.loop = loop;
            this.nanoTime = nanoTime;
        }

        @Override
        public long nanoTime() {
            return nanoTime.getAsLong();
        }

        @Override
        public void wakeUpAfter(long delay, TimeUnit unit) {
            loop.schedule(
                    () -> {
                        context.refreshNow();
                        context.timers().fire();
                        context.flushDirty();
                    },
                    delay,
                    unit);
        }
    }
}
