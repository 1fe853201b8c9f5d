// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.dnscache.DnsCaches;
import dev.outrigger.dataplane.parse.ParsedClusters;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.state.FakeMainLoop;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.TlsContexts;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/** Clusters with one worker, a loop whose time is told, and randomness that repeats. */
@NullMarked
public final class TestClusters implements AutoCloseable {
    final FakeMainLoop loop = new FakeMainLoop();
    public final StatsStore stats = new StatsStore(2);
    public final WorkerContext worker;

    final Clusters clusters;
    private final EventLoop eventLoop = new DefaultEventLoop();
    private final Map<String, ActiveCluster> active = new HashMap<>();

    /** What the worker was told and has not come to. */
    private final Queue<Runnable> untold = new ArrayDeque<>();

    private boolean busy;

    public TestClusters() {
        this(LocalityKey.NONE, "");
    }

    TestClusters(LocalityKey locality, String localCluster) {
        worker =
                new WorkerContext(
                        0,
                        new Timers.Loop() {
                            @Override
                            public long nanoTime() {
                                return loop.nanoTime();
                            }

                            @Override
                            public void wakeUpAfter(long delay, TimeUnit unit) {
                                // No test here waits for a worker's timer.
                            }

                            @Override
                            public void execute(Runnable task) {
                                eventLoop.execute(task);
                            }
                        },
                        stats.shard(1),
                        new SplittableRandom(7),
                        InstantSource.system(),
                        RuntimeLayers.none());
        clusters =
                new Clusters(
                        new ClusterEnvironment(
                                loop,
                                stats,
                                1,
                                new SplittableRandom(11),
                                RuntimeLayers.none(),
                                locality,
                                localCluster,
                                new UpstreamConnector(
                                        eventLoop, EmbeddedChannel::new, ByteBufAllocator.DEFAULT),
                                new TlsContexts(stats, InstantSource.system(), System::nanoTime),
                                worker,
                                null,
                                new DnsCaches(
                                        new DnsCaches.Environment(
                                                loop::execute,
                                                new DnsCaches.Clock() {
                                                    @Override
                                                    public long nanoTime() {
                                                        return loop.nanoTime();
                                                    }

                                                    @Override
                                                    public Runnable schedule(
                                                            Duration delay, Runnable task) {
                                                        return loop.schedule(delay, task)::cancel;
                                                    }
                                                },
                                                (_, _, outcome) -> outcome.failed("nobody to ask"),
                                                stats,
                                                RuntimeLayers.none(),
                                                new SplittableRandom(13),
                                                _ -> Runnable::run)),
                                task -> tell(() -> task.accept(worker))));
    }

    private void tell(Runnable task) {
        untold.add(task);
        if (!busy) {
            workOff();
        }
    }

    /** From now on the worker does not come to what it is told, until {@link #workOff}. */
    void keepBusy() {
        busy = true;
    }

    void workOff() {
        busy = false;
        for (Runnable task = untold.poll(); task != null; task = untold.poll()) {
            task.run();
        }
    }

    void remove(String name) {
        active.remove(name);
        var _ = clusters.update(active);
        clusters.letGo();
    }

    /** Adds or changes a cluster. */
    public Cluster apply(String yaml) {
        ActiveCluster parsed = ParsedClusters.active(yaml);
        return apply(parsed);
    }

    Cluster apply(ActiveCluster changed) {
        active.put(changed.config().name(), changed);
        Cluster cluster = clusters.update(active).get(changed.config().name());
        clusters.letGo();
        if (cluster == null) {
            throw new IllegalStateException("not applied");
        }
        return cluster;
    }

    /** Only the hosts of a cluster. */
    EndpointAssignment assignmentOf(String yaml) {
        return ParsedClusters.active(yaml).endpoints();
    }

    /** All of a cluster but its hosts. */
    ClusterConfig configOf(String yaml) {
        return ParsedClusters.active(yaml).config();
    }

    public long counter(String name) {
        return stats.value(stats.counter(name));
    }

    public long gauge(String name) {
        return stats.value(stats.gauge(name));
    }

    /** The ports of the hosts that so many picks gave, in order; 0 for none. */
    List<Integer> picks(Cluster cluster, int count, LoadBalancerContext context) {
        var ports = new ArrayList<Integer>();
        worker.refreshNow();
        for (int i = 0; i < count; i++) {
            Host host = cluster.chooseHost(worker, context);
            ports.add(host == null ? 0 : host.address().getPort());
        }
        return ports;
    }

    /** How often each port was picked. */
    Map<Integer, Integer> distribution(Cluster cluster, int count) {
        Map<Integer, Integer> counts = new HashMap<>();
        picks(cluster, count, LoadBalancerContext.NONE)
                .forEach(port -> counts.merge(port, 1, Integer::sum));
        return counts;
    }

    @Override
    public void close() {
        clusters.close();
        var _ = eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
