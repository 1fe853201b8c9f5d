// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.accesslog.AccessLogBuffers;
import dev.outrigger.dataplane.exchange.WorkerServices;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.UpstreamConnector;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One event loop with everything confined to it. */
final class Worker implements WorkerListener.Siblings {
    private final EventLoop eventLoop;
    private final WorkerContext context;
    private final WorkerServices services;

    /** Confined to the event loop. */
    private final Map<WorkerListener, List<SocketAddress>> listeners = new LinkedHashMap<>();

    Worker(
            int index,
            EventLoop eventLoop,
            Transport transport,
            StatsShard shard,
            RequestPathOptions options,
            FactoryContext filters,
            ByteBufAllocator allocator) {
        this.eventLoop = eventLoop;
        this.context = LoopTimers.context(index, eventLoop, shard, options);
        this.services =
                new WorkerServices(
                        context,
                        new UpstreamConnector(eventLoop, transport.channels(), allocator),
                        new AccessLogBuffers(
                                shard,
                                options.fileFlushInterval(),
                                options.fileFlushMinSizeBytes()),
                        filters);
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

    /**
     * @param addresses where it listens, or would
     */
    void add(WorkerListener listener, List<SocketAddress> addresses) {
        listeners.put(listener, addresses);
    }

    @Override
    public @Nullable WorkerListener find(SocketAddress address) {
        WorkerListener exact = null;
        WorkerListener wildcard = null;
        for (Map.Entry<WorkerListener, List<SocketAddress>> each : listeners.entrySet()) {
            // A later one has taken the place of an earlier one that drains.
            for (SocketAddress at : each.getValue()) {
                if (at.equals(address)) {
                    exact = each.getKey();
                } else if (isWildcardOf(at, address)) {
                    wildcard = each.getKey();
                }
            }
        }
        return exact == null ? wildcard : exact;
    }

    private static boolean isWildcardOf(SocketAddress at, SocketAddress address) {
        return at instanceof InetSocketAddress any
                && address instanceof InetSocketAddress wanted
                && any.getPort() == wanted.getPort()
                && any.getAddress().isAnyLocalAddress()
                && any.getAddress().getClass() == wanted.getAddress().getClass();
    }

    void remove(WorkerListener listener) {
        listeners.remove(listener);
    }

    void closeAll() {
        listeners.keySet().forEach(WorkerListener::closeAll);
        services.flushLogs();
    }
}
