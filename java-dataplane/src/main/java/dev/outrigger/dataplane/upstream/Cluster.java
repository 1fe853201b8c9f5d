// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.LbPolicy;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as long as its name lives: its limits, stats and hosts survive configuration swaps.
 *
 * <p>Threading: {@link #update} is the main loop's; everything a worker calls takes its {@link
 * WorkerContext} and touches only that worker's part.
 */
public final class Cluster {
    private final String name;
    private final int workers;
    private final ClusterStats stats;
    private final CircuitBreakers defaultBreakers;
    private final CircuitBreakers highBreakers;
    private final @Nullable LoadBalancer[] balancers;
    private volatile ClusterConfig config;
    private volatile HostSet hostSet = HostSet.EMPTY;
    private volatile Map<InetSocketAddress, Host> hosts = Map.of();

    /** A cluster without hosts; {@link #update} brings them. */
    public Cluster(ClusterConfig config, StatsStore store, int workers) {
        this.name = config.name();
        this.workers = workers;
        this.config = config;
        this.stats = new ClusterStats(store, config.statName());
        this.balancers = new LoadBalancer[workers];
        this.defaultBreakers =
                new CircuitBreakers(
                        stats,
                        "default",
                        config.circuitBreakers().defaultPriority(),
                        config.trackRemaining());
        this.highBreakers =
                new CircuitBreakers(
                        stats,
                        "high",
                        config.circuitBreakers().highPriority(),
                        config.trackRemaining());
    }

    public String name() {
        return name;
    }

    public ClusterConfig config() {
        return config;
    }

    public ClusterStats stats() {
        return stats;
    }

    public CircuitBreakers breakers(boolean highPriority) {
        return highPriority ? highBreakers : defaultBreakers;
    }

    /**
     * Takes a new configuration and assignment; main loop.
     *
     * @return the hosts that are gone, for every worker to drain
     */
    public List<Host> update(ActiveCluster active, StatsShard mainShard) {
        config = active.config();
        defaultBreakers.limit(config.circuitBreakers().defaultPriority(), mainShard);
        highBreakers.limit(config.circuitBreakers().highPriority(), mainShard);
        Map<InetSocketAddress, Host> before = hosts;
        var now = new LinkedHashMap<InetSocketAddress, Host>();
        var byPriority = new ArrayList<List<Host>>();
        for (LocalityEndpoints locality : active.endpoints().localities()) {
            while (byPriority.size() <= locality.priority()) {
                byPriority.add(new ArrayList<>());
            }
            for (Endpoint endpoint : locality.endpoints()) {
                if (!now.containsKey(endpoint.address())) {
                    Host host = host(before.get(endpoint.address()), endpoint, locality);
                    now.put(endpoint.address(), host);
                    byPriority.get(locality.priority()).add(host);
                }
            }
        }
        hosts = now;
        hostSet =
                new HostSet(
                        byPriority,
                        active.endpoints().overprovisioningFactor(),
                        config.healthyPanicThresholdPercent());
        var gone = new ArrayList<Host>();
        before.forEach((address, host) -> {
            if (!now.containsKey(address)) {
                gone.add(host);
            }
        });
        return gone;
    }

    /** The cluster is gone: nobody is chosen any more; main loop. */
    public List<Host> remove() {
        var gone = new ArrayList<>(hosts.values());
        hosts = Map.of();
        hostSet = HostSet.EMPTY;
        return gone;
    }

    private Host host(@Nullable Host known, Endpoint endpoint, LocalityEndpoints locality) {
        var placement =
                new Host.Placement(
                        endpoint,
                        locality.priority(),
                        locality.region(),
                        locality.zone(),
                        locality.subZone());
        if (known == null) {
            return new Host(endpoint.address(), workers, placement);
        }
        known.setPlacement(placement);
        return known;
    }

    /** Hosts that may be chosen without panic, all priorities together. */
    public int healthyHosts() {
        return (int) hosts.values().stream().filter(Host::isHealthy).count();
    }

    /** Hosts that are chosen when there are not enough healthy ones. */
    public int degradedHosts() {
        return (int) hosts.values().stream().filter(Host::isDegraded).count();
    }

    public Collection<Host> hosts() {
        return hosts.values();
    }

    /** A host by the cluster's policy, or {@code null}; on the worker's loop. */
    public @Nullable Host chooseHost(WorkerContext worker, LoadBalancerContext context) {
        LoadBalancer balancer = balancers[worker.index()];
        if (balancer == null) {
            balancer = new LoadBalancer(worker, stats);
            balancers[worker.index()] = balancer;
        }
        LbPolicy policy = config.lbPolicy();
        return balancer.choose(hostSet, policy, context);
    }

    /** The pool of a host on this worker; made when first asked for. */
    public ConnectionPool pool(
            Host host, WorkerContext worker, UpstreamConnector connector, boolean highPriority) {
        ConnectionPool pool = host.pool(worker.index(), highPriority);
        if (pool == null) {
            pool = new ConnectionPool(this, host, worker, connector, highPriority);
            host.setPool(worker.index(), highPriority, pool);
        }
        return pool;
    }

    /** Drains what this worker holds to a host that is gone; on the worker's loop (CP8). */
    public static void drain(Host host, WorkerContext worker) {
        for (boolean high : new boolean[] {false, true}) {
            ConnectionPool pool = host.pool(worker.index(), high);
            if (pool != null) {
                pool.drain();
            }
        }
    }
}
