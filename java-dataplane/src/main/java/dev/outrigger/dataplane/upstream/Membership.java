// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.DropOverload;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.upstream.HealthChecker.Transition;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
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
    private final HostMatcher matcher;
    private final HostUpdates updates;
    private volatile Members members = Members.NONE;
    private volatile List<DropOverload> dropOverloads = List.of();

    /** Hosts whose first check is over, while somebody waits for all of them. */
    private final Set<Host> checked = Collections.newSetFromMap(new IdentityHashMap<>());

    private EndpointAssignment assignment = EndpointAssignment.EMPTY;

    /** How the hosts are; workers may see that later. */
    private HostSet current;

    private int unchecked;
    private @Nullable Runnable whenChecked;
    private @Nullable DynamicHosts dynamicHosts;
    private MainLoop.@Nullable Timer cleanup;
    private boolean closed;

    Membership(Cluster cluster, ClusterEnvironment environment) {
        this.cluster = cluster;
        this.config = cluster.config();
        this.environment = environment;
        this.current = cluster.hostSet();
        this.updates =
                new HostUpdates(
                        environment.loop(),
                        config.loadBalancing().updateMergeWindow(),
                        environment.stats(),
                        this::deliver);
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
        this.matcher = new HostMatcher(cluster, environment, checker, detector);
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
    Members members() {
        return members;
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
        if (next == assignment) {
            return;
        }
        var change = new MembershipChange();
        Members before = members;
        members = matcher.match(assignment, next, before, change);
        Host newest = matcher.newest();
        change.compare(assignment, next);
        // What says nothing new at all does not come as far as this, and is counted before.
        if (change.changed().isEmpty() && countsNoRebuild()) {
            cluster.stats().countNoRebuild(environment.mainShard());
        }
        assignment = next;
        dropOverloads = next.dropOverloads();
        change.gone().forEach(this::forget);
        countChange(change.moved());
        tellHeaviest(newest);
        // What discovery says is never held back (observed).
        publish(change.changed(), change.changed());
        drain(change.gone());
        if (config.health().closeOnHostSetChange() && !before.isEmpty() && change.hasOtherHosts()) {
            drain(List.copyOf(members.all()));
        }
        begin(change.added());
    }

    /** Nothing is new; Envoy makes hosts of all endpoints all the same before it finds out. */
    void repeat() {
        matcher.countAgain(assignment);
    }

    private boolean countsNoRebuild() {
        return config.discovery() instanceof Discovery.Eds
                || (config.discovery() instanceof Discovery.Dns dns && !dns.logical());
    }

    private void forget(Host host) {
        if (detector != null) {
            detector.remove(host);
        }
        if (checker != null) {
            checker.remove(host);
        }
    }

    /** Envoy updates one priority after the other, and counts each to which hosts came or went. */
    private void countChange(BitSet moved) {
        cluster.stats().addMembershipChanges(environment.mainShard(), moved.cardinality());
    }

    /**
     * @param newest the last host of this update that was not there before, or is made anew
     */
    private void tellHeaviest(@Nullable Host newest) {
        int heaviest = 0;
        if (config.discovery() instanceof Discovery.Eds) {
            for (Host host : members.all()) {
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

    /** The health of a host changed: Envoy makes all priorities anew. */
    private void rebuild() {
        var all = new BitSet();
        all.set(0, current.priorities());
        publish(all, new BitSet());
    }

    private void publish(BitSet changed, BitSet moved) {
        if (closed) {
            return;
        }
        current = HostSet.of(members.all(), cluster.options(assignment));
        cluster.count(current);
        if (updates.isServing()) {
            updates.onChange(changed, moved);
        } else {
            deliver(null);
        }
    }

    /**
     * Has workers see how the hosts are now.
     *
     * @param priorities {@code null} for all
     */
    private void deliver(@Nullable BitSet priorities) {
        if (!closed) {
            cluster.publish(current, priorities);
        }
    }

    /** From now on it serves. */
    void serve() {
        updates.serve();
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
        members = members.without(List.of(host));
        var change = new MembershipChange();
        change.remove(host);
        forget(host);
        countChange(change.moved());
        var all = new BitSet();
        all.set(0, current.priorities());
        publish(all, change.moved());
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
        if (members.find(host.address()) == null) {
            addNamed("", host);
        }
    }

    /**
     * A request named a host that nobody knew.
     *
     * @param name tells it from others at its address; empty where there are none
     */
    void addNamed(String name, Host host) {
        if (closed) {
            return;
        }
        members = members.with(host, name);
        if (detector != null) {
            detector.add(host);
        }
        matcher.matchTransportSocket(host, Metadata.EMPTY);
        var change = new MembershipChange();
        change.add(host);
        countChange(change.moved());
        publish(change.changed(), change.moved());
    }

    /** Nobody names it any more. */
    void removeNamed(Host host) {
        if (closed) {
            return;
        }
        members = members.without(List.of(host));
        var change = new MembershipChange();
        change.remove(host);
        forget(host);
        countChange(change.moved());
        publish(change.changed(), change.moved());
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
        var change = new MembershipChange();
        for (Host host : members.all()) {
            if (!host.takeUsed() && host.total(HostCounters.CX_ACTIVE) == 0) {
                change.remove(host);
            }
        }
        if (change.hasOtherHosts()) {
            members = members.without(change.gone());
            change.gone().forEach(this::forget);
            countChange(change.moved());
            publish(change.changed(), change.moved());
            drain(change.gone());
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
        updates.close();
        var gone = List.copyOf(members.all());
        if (checker != null) {
            checker.close();
        }
        if (detector != null) {
            detector.close();
        }
        members = Members.NONE;
        drain(gone);
    }
}
