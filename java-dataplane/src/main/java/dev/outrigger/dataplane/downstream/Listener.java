// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.ListenSocketsConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.downstream.CompiledListener.ChainKey;
import dev.outrigger.dataplane.downstream.CompiledListener.CompiledChain;
import dev.outrigger.dataplane.downstream.CompiledListener.SecuredChain;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.LoadedCertificates;
import dev.outrigger.dataplane.worker.GlobalConnections;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A listener with its sockets and its part on each worker. The sockets survive every change of
 * configuration that keeps the address. Main loop, except where a method says otherwise.
 */
final class Listener {
    private final String name;
    private final boolean inbound;
    private final StatsStore stats;
    private final List<Worker> workers;
    private final DrainState serverDrain;
    private final DrainingGauges draining;
    private final ConnectionLimit limit;
    private final @Nullable WorkerListener[] parts;
    private final IdentityHashMap<Object, Integer> indexByLoop = new IdentityHashMap<>();
    private @Nullable ListeningSockets sockets;
    private @Nullable ListenerStats listenerStats;
    private @Nullable CompiledListener last;
    private boolean listening = true;

    private Listener(
            ListenerConfig config,
            StatsStore stats,
            List<Worker> workers,
            DrainState serverDrain,
            DrainingGauges draining,
            GlobalConnections global) {
        this.name = config.name();
        this.inbound = config.inbound();
        this.stats = stats;
        this.workers = workers;
        this.serverDrain = serverDrain;
        this.draining = draining;
        this.limit =
                new ConnectionLimit(config.name(), global, !config.ignoreGlobalConnectionLimit());
        this.parts = new WorkerListener[workers.size()];
        for (int i = 0; i < workers.size(); i++) {
            indexByLoop.put(workers.get(i).eventLoop(), i);
        }
    }

    /** Binds without accepting. */
    static Listener bind(
            ListenerConfig config,
            StatsStore stats,
            List<Worker> workers,
            Transport transport,
            EventLoopGroup group,
            ByteBufAllocator allocator,
            DrainState serverDrain,
            DrainingGauges draining,
            GlobalConnections global)
            throws IOException {
        var listener = new Listener(config, stats, workers, serverDrain, draining, global);
        listener.sockets =
                ListeningSockets.bind(
                        config,
                        new ListeningSockets.Acceptor(
                                transport,
                                group,
                                workers,
                                new ConnectionBalancer(workers),
                                allocator,
                                listener::accepted));
        return listener;
    }

    /** A channel was accepted; on its own event loop. */
    private void accepted(Channel channel) {
        Integer index = indexByLoop.get(channel.eventLoop());
        WorkerListener part = index == null ? null : parts[index];
        if (part == null) {
            channel.close();
        } else {
            part.accepted(channel);
        }
    }

    /**
     * What each worker runs, in the order of the workers, to see a new configuration.
     *
     * @param now monotonic time
     */
    Runnable[] swap(ListenerConfig config, CompiledListener compiled, long now) {
        ListenerStats names = listenerStats;
        if (names == null) {
            names = new ListenerStats(stats, config.statPrefix(), workers.size());
            listenerStats = names;
        }
        countDrain(compiled, now);
        last = compiled;
        ListenerStats known = names;
        var tasks = new Runnable[workers.size()];
        for (int i = 0; i < tasks.length; i++) {
            int index = i;
            tasks[i] = () -> swapOn(index, known, compiled);
        }
        return tasks;
    }

    /** What the TLS of its filter chains works with. */
    List<LoadedCertificates> certificates() {
        CompiledListener now = last;
        var all = new ArrayList<LoadedCertificates>();
        if (now != null) {
            for (CompiledChain chain : now.chains()) {
                SecuredChain secured = chain.tls();
                if (secured != null) {
                    all.add(secured.tls().certificates());
                }
            }
        }
        return all;
    }

    /** What the new configuration has no place for begins to drain. */
    private void countDrain(CompiledListener compiled, long now) {
        CompiledListener before = last;
        if (before == null) {
            return;
        }
        if (before.version().drain() != compiled.version().drain()) {
            before.version().drain().start(now);
            draining.onListener();
            return;
        }
        var gone = new HashSet<ChainKey>();
        before.chains().forEach(chain -> gone.add(chain.key()));
        compiled.chains().forEach(chain -> gone.remove(chain.key()));
        draining.onFilterChains(gone.size());
    }

    private void swapOn(int index, ListenerStats names, CompiledListener compiled) {
        WorkerListener part = parts[index];
        Worker worker = workers.get(index);
        if (part == null) {
            part =
                    new WorkerListener(
                            worker.services(), names, serverDrain, worker, limit, compiled);
            parts[index] = part;
            worker.add(part, localAddresses());
            return;
        }
        // What is left of a listener that was replaced goes as one that was removed.
        CloseReason reason =
                part.version().drain() == compiled.version().drain()
                        ? CloseReason.FILTER_CHAIN_REMOVED
                        : CloseReason.LISTENER_REMOVED;
        List<WorkerChain> retired = part.update(compiled);
        if (!retired.isEmpty()) {
            worker.eventLoop()
                    .schedule(
                            () -> retired.forEach(chain -> chain.closeAll(reason)),
                            draining.drainTime().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    String name() {
        return name;
    }

    boolean isInbound() {
        return inbound;
    }

    boolean isListening() {
        return listening;
    }

    boolean isFor(ListenSocketsConfig wanted) {
        return listening && sockets().isFor(wanted);
    }

    List<SocketAddress> localAddresses() {
        return sockets().localAddresses();
    }

    private ListeningSockets sockets() {
        if (sockets == null) {
            throw new IllegalStateException("not bound");
        }
        return sockets;
    }

    void accept() {
        if (listening) {
            sockets().accept(this::acceptedPerEvent);
        }
    }

    private ChannelHandler acceptedPerEvent(Channel channel) {
        Integer index = indexByLoop.get(channel.eventLoop());
        ListenerStats names = listenerStats;
        if (index == null || names == null) {
            throw new IllegalStateException("accept before the first configuration");
        }
        return new AcceptedPerEvent(workers.get(index).context().stats(), names.acceptedPerEvent());
    }

    /** Stops listening. */
    void stop() {
        if (listening) {
            listening = false;
            sockets().close();
        }
    }

    /** Stops listening for good: what is open has its drain time. */
    void retire(long now) {
        stop();
        startDrain(now);
        draining.onListener();
    }

    /** Stops listening, from an event loop. */
    void stopAsync() {
        listening = false;
        sockets().closeAsync();
    }

    void startDrain(long now) {
        if (last != null) {
            last.version().drain().start(now);
        }
    }

    /** Closes what is left; on that worker's loop. */
    void closeConnections(Worker worker) {
        WorkerListener part = parts[worker.context().index()];
        if (part != null) {
            part.closeAll();
            worker.remove(part);
        }
    }
}
