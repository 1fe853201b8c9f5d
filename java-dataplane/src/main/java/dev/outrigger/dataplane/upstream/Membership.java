// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.DropOverload;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.upstream.HealthChecker.Transition;
import dev.outrigger.dataplane.upstream.Host.Placement;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to a cluster and how they are: brings assignments, health checks and outlier
 * detection together and publishes what follows. Main loop only, except where a method says
 * otherwise.
 */
final class Membership {
    private final Cluster cluster;
    private final ClusterConfig config;
    private final ClusterEnvironment environment;
    private final @Nullable HealthChecker checker;
    private final @Nullable OutlierDetector detector;
    private volatile Map<InetSocketAddress, Host> hosts = Map.of();
    private volatile List<DropOverload> dropOverloads = List.of();

    /** Hosts whose first check is over, while somebody waits for all of them. */
    private final Set<Host> checked = Collections.newSetFromMap(new IdentityHashMap<>());

    private EndpointAssignment assignment = EndpointAssignment.EMPTY;
    private int unchecked;
    private @Nullable Runnable whenChecked;
    private @Nullable DynamicHosts dynamicHosts;
    private MainLoop.@Nullable Timer cleanup;
    private boolean closed;

    Membership(Cluster cluster, ClusterEnvironment environment) {
        this.cluster = cluster;
        this.config = cluster.config();
        this.environment = environment;
        this.checker =
                config.healthChecks().isEmpty()
                        ? null
                        : new HealthChecker(
                                config.healthChecks().getFirst(),
                                cluster,
                                environment,
                                this::onChecked);
        this.detector =
                config.outlierDetection()
                        .map(outliers ->
                                new OutlierDetector(
                                        outliers,
                                        config.name(),
                                        environment,
                                        cluster.stats(),
                                        this::onEjection))
                        .orElse(null);
        if (config.discovery() instanceof Discovery.OriginalDst original) {
            cleanup(original);
        }
    }

    /** Takes hosts from the cache of names, where the cluster does so. */
    void useDynamicHosts() {
        config.dnsCache()
                .ifPresent(cache ->
                        dynamicHosts =
                                new DynamicHosts(
                                        cluster, environment.dnsCaches().get(cache), this));
    }

    /** Any thread; {@code null} where requests do not name hosts. */
    @Nullable DynamicHosts dynamicHosts() {
        return dynamicHosts;
    }

    /** Any thread. */
    Map<InetSocketAddress, Host> hosts() {
        return hosts;
    }

    /** Any thread. */
    List<DropOverload> dropOverloads() {
        return dropOverloads;
    }

    @Nullable OutlierDetector detector() {
        return detector;
    }

    /** Calls back once every host was checked for the first time. */
    void whenChecked(Runnable callback) {
        if (unchecked == 0) {
            callback.run();
        } else {
            whenChecked = callback;
        }
    }

    @SuppressWarnings("ReferenceEquality") // equal content in another record is only extra work
    void update(EndpointAssignment next) {
        if (next == assignment && !hosts.isEmpty()) {
            return;
        }
        // A name that was asked before is not asked with another one.
        Set<Endpoint> counted =
                config.discovery() instanceof Discovery.Dns ? endpoints(assignment) : Set.of();
        assignment = next;
        dropOverloads = next.dropOverloads();
        Map<InetSocketAddress, Host> before = relocated(next);
        var now = new LinkedHashMap<InetSocketAddress, Host>();
        var added = new ArrayList<Host>();
        Host newest = null;
        for (LocalityEndpoints locality : next.localities()) {
            var key = LocalityKey.of(locality.region(), locality.zone(), locality.subZone());
            for (Endpoint endpoint : locality.endpoints()) {
                if (!now.containsKey(endpoint.address())) {
                    var placement =
                            new Placement(endpoint, locality.priority(), key, locality.weight());
                    Host host = keep(before.get(endpoint.address()), placement);
                    if (host == null) {
                        host = add(placement);
                        added.add(host);
                    }
                    // Envoy makes a host of every endpoint before it finds the one it has.
                    if (!counted.contains(endpoint)) {
                        matchTransportSocket(host, locality.metadata());
                        newest = host;
                    }
                    now.put(endpoint.address(), host);
                }
            }
        }
        var gone = new ArrayList<Host>();
        before.forEach((address, host) -> {
            if (now.get(address) != host) {
                if (!now.containsKey(address) && isKeptForItsHealth(host)) {
                    host.set(HealthFlag.PENDING_DYNAMIC_REMOVAL);
                    now.put(address, host);
                } else {
                    gone.add(host);
                }
            }
        });
        hosts = now;
        gone.forEach(this::forget);
        countChange(added, gone);
        tellHeaviest(newest);
        rebuild();
        drain(gone);
        if (config.health().closeOnHostSetChange()
                && !before.isEmpty()
                && !(added.isEmpty() && gone.isEmpty())) {
            drain(new ArrayList<>(now.values()));
        }
        begin(added);
    }

    private static Set<Endpoint> endpoints(EndpointAssignment assignment) {
        var endpoints = new HashSet<Endpoint>();
        assignment.localities().forEach(each -> endpoints.addAll(each.endpoints()));
        return endpoints;
    }

    /**
     * The one host of a name stays when the name gets another address: what is connected stays
     * connected (CL3).
     */
    private Map<InetSocketAddress, Host> relocated(EndpointAssignment next) {
        boolean logical = config.discovery() instanceof Discovery.Dns dns && dns.logical();
        if (!logical || hosts.size() != 1 || next.localities().size() != 1) {
            return hosts;
        }
        List<Endpoint> endpoints = next.localities().getFirst().endpoints();
        if (endpoints.size() != 1) {
            return hosts;
        }
        Host host = hosts.values().iterator().next();
        InetSocketAddress address = endpoints.getFirst().address();
        if (!host.address().equals(address)) {
            host.relocate(address);
        }
        return Map.of(address, host);
    }

    /** The host that is there already, unless what identifies it changed. */
    private static @Nullable Host keep(@Nullable Host known, Placement placement) {
        if (known == null) {
            return null;
        }
        Endpoint was = known.placement().endpoint();
        Endpoint is = placement.endpoint();
        if (!was.hostname().equals(is.hostname())
                || !was.healthCheck().equals(is.healthCheck())
                || !known.locality().equals(placement.locality())) {
            return null;
        }
        known.clear(HealthFlag.PENDING_DYNAMIC_REMOVAL);
        known.setPlacement(placement);
        return known;
    }

    private Host add(Placement placement) {
        var host =
                new Host(cluster, placement.endpoint().address(), environment.workers(), placement);
        if (checker != null && HealthChecker.isChecked(host)) {
            host.set(HealthFlag.FAILED_ACTIVE_HC);
            if (config.health().ignoreNewHostsUntilFirstHc()) {
                host.set(HealthFlag.PENDING_ACTIVE_HC);
            }
        }
        if (detector != null) {
            detector.add(host);
        }
        return host;
    }

    private void matchTransportSocket(Host host, Metadata ofLocality) {
        TransportSockets.Socket socket = cluster.sockets().of(host.metadata(), ofLocality);
        host.setSocket(socket);
        cluster.stats().countTransportSocket(environment.mainShard(), socket.name());
    }

    /** ED3: discovery lost it, but its health checks say that it is there. */
    private boolean isKeptForItsHealth(Host host) {
        return checker != null
                && !(config.discovery() instanceof Discovery.Static)
                && !config.health().ignoreOnRemoval()
                && HealthChecker.isChecked(host)
                && !host.has(HealthFlag.FAILED_ACTIVE_HC)
                && !host.has(HealthFlag.FAILED_EDS_HEALTH);
    }

    private void forget(Host host) {
        if (detector != null) {
            detector.remove(host);
        }
        if (checker != null) {
            checker.remove(host);
        }
    }

    private void countChange(List<Host> added, List<Host> gone) {
        // Envoy updates one priority after the other, and counts each that changed.
        var changed = new BitSet();
        added.forEach(host -> changed.set(host.priority()));
        gone.forEach(host -> changed.set(host.priority()));
        cluster.stats().addMembershipChanges(environment.mainShard(), changed.cardinality());
    }

    /**
     * @param newest the last host of this update that was not there before, or is made anew
     */
    private void tellHeaviest(@Nullable Host newest) {
        int heaviest = 0;
        if (config.discovery() instanceof Discovery.Eds) {
            for (Host host : hosts.values()) {
                heaviest = Math.max(heaviest, host.weight());
            }
        } else if (config.discovery() instanceof Discovery.Dns && newest != null) {
            // Each name is an update of its own in Envoy, whose hosts weigh the same (observed).
            heaviest = newest.weight();
        }
        if (heaviest > 0) {
            cluster.stats().setMaxHostWeight(environment.mainShard(), heaviest);
        }
    }

    private void rebuild() {
        if (!closed) {
            cluster.publish(HostSet.of(hosts.values(), cluster.options(assignment)));
        }
    }

    private void begin(List<Host> added) {
        if (checker == null) {
            return;
        }
        for (Host host : added) {
            if (HealthChecker.isChecked(host)) {
                unchecked++;
            }
        }
        added.forEach(checker::add);
    }

    private void onChecked(Host host, Transition transition, boolean passed) {
        if (passed && detector != null) {
            detector.onHealthCheckPassed(host);
        }
        if (transition == Transition.CHANGED) {
            boolean failed = host.has(HealthFlag.FAILED_ACTIVE_HC);
            if (failed && host.has(HealthFlag.PENDING_DYNAMIC_REMOVAL)) {
                removeLate(host);
            } else {
                rebuild();
                if (failed) {
                    drainExisting(host);
                }
            }
        }
        noteFirstCheck(host);
    }

    private void noteFirstCheck(Host host) {
        if (unchecked > 0 && checked.add(host) && --unchecked == 0) {
            Runnable callback = whenChecked;
            whenChecked = null;
            checked.clear();
            if (callback != null) {
                callback.run();
            }
        }
    }

    /** Discovery had lost it before; now its health checks did, too. */
    private void removeLate(Host host) {
        var now = new LinkedHashMap<>(hosts);
        now.remove(host.address());
        hosts = now;
        forget(host);
        countChange(List.of(), List.of(host));
        rebuild();
        drain(List.of(host));
    }

    private void onEjection(Host host) {
        rebuild();
        if (host.has(HealthFlag.FAILED_OUTLIER_CHECK)) {
            drainExisting(host);
        }
    }

    /** Any worker. */
    void onImmediateHealthCheckFailure(Host host) {
        if (checker != null) {
            host.set(HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL);
            environment.loop().execute(() -> checker.onPassiveFailure(host));
        }
    }

    /** New connections may do better: the host may be another behind the same address. */
    private void drainExisting(Host host) {
        environment
                .workersDo()
                .accept(worker ->
                        host.pools().of(worker.index()).forEach(ConnectionPool::drainExisting));
    }

    private void drain(List<Host> gone) {
        if (gone.isEmpty()) {
            return;
        }
        environment
                .workersDo()
                .accept(worker -> {
                    for (Host host : gone) {
                        host.pools().of(worker.index()).forEach(ConnectionPool::drain);
                    }
                });
    }

    /** A request named a host that nobody knew (CL6). */
    void addOriginalDst(Host host) {
        addNamed(host.address(), host);
    }

    /**
     * @param name tells it from the other hosts; its address where it has no other name
     */
    void addNamed(InetSocketAddress name, Host host) {
        if (closed || hosts.containsKey(name)) {
            return;
        }
        var now = new LinkedHashMap<>(hosts);
        now.put(name, host);
        hosts = now;
        if (detector != null) {
            detector.add(host);
        }
        matchTransportSocket(host, Metadata.EMPTY);
        countChange(List.of(host), List.of());
        rebuild();
    }

    /** The counterpart of {@link #addNamed}. */
    void removeNamed(InetSocketAddress name) {
        var now = new LinkedHashMap<>(hosts);
        Host host = now.remove(name);
        if (closed || host == null) {
            return;
        }
        hosts = now;
        forget(host);
        countChange(List.of(), List.of(host));
        rebuild();
        drain(List.of(host));
    }

    private void cleanup(Discovery.OriginalDst original) {
        cleanup =
                environment
                        .loop()
                        .schedule(
                                original.cleanupInterval(),
                                () -> {
                                    if (!closed) {
                                        dropUnused();
                                        cleanup(original);
                                    }
                                });
    }

    private void dropUnused() {
        var now = new LinkedHashMap<InetSocketAddress, Host>();
        var gone = new ArrayList<Host>();
        hosts.forEach((address, host) -> {
            if (host.takeUsed() || host.total(HostCounters.CX_ACTIVE) > 0) {
                now.put(address, host);
            } else {
                gone.add(host);
            }
        });
        if (!gone.isEmpty()) {
            hosts = now;
            gone.forEach(this::forget);
            countChange(List.of(), gone);
            rebuild();
            drain(gone);
        }
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        whenChecked = null;
        if (cleanup != null) {
            cleanup.cancel();
        }
        if (dynamicHosts != null) {
            dynamicHosts.close();
        }
        var gone = List.copyOf(hosts.values());
        if (checker != null) {
            checker.close();
        }
        if (detector != null) {
            detector.close();
        }
        hosts = Map.of();
        drain(gone);
    }
}
