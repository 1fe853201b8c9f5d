// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.upstream.Host.Placement;
import dev.outrigger.dataplane.upstream.Members.HostKey;
import dev.outrigger.dataplane.upstream.MembershipChange.Before;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the hosts of an assignment among those a cluster has, and makes the others. Main loop only.
 */
final class HostMatcher {
    private final Cluster cluster;
    private final ClusterConfig config;
    private final ClusterEnvironment environment;
    private final @Nullable HealthChecker checker;
    private final @Nullable OutlierDetector detector;
    private @Nullable Host newest;

    HostMatcher(
            Cluster cluster,
            ClusterEnvironment environment,
            @Nullable HealthChecker checker,
            @Nullable OutlierDetector detector) {
        this.cluster = cluster;
        this.config = cluster.config();
        this.environment = environment;
        this.checker = checker;
        this.detector = detector;
    }

    /** The last host that the last assignment brought, or that Envoy makes anew for it. */
    @Nullable Host newest() {
        return newest;
    }

    /**
     * The hosts from now on.
     *
     * @param assignment the one before
     * @param known the hosts so far
     * @param change told what becomes of each
     */
    Members match(
            EndpointAssignment assignment,
            EndpointAssignment next,
            Members known,
            MembershipChange change) {
        Members before = relocated(next, known);
        // A name that was asked before is not asked with another one.
        Set<Endpoint> counted =
                config.discovery() instanceof Discovery.Dns ? endpoints(assignment) : Set.of();
        var now = new LinkedHashMap<HostKey, Host>();
        var keys = new Members.Keys(config.discovery());
        newest = null;
        for (LocalityEndpoints locality : next.localities()) {
            var place = LocalityKey.of(locality.region(), locality.zone(), locality.subZone());
            for (Endpoint endpoint : locality.endpoints()) {
                HostKey key = keys.next(endpoint);
                if (key == null) {
                    continue;
                }
                var placement =
                        new Placement(endpoint, locality.priority(), place, locality.weight());
                Host host = keep(before.byKey().get(key), placement, change);
                if (host == null) {
                    host = add(placement);
                    change.add(host);
                }
                // Envoy makes a host of every endpoint before it finds the one it has.
                if (!counted.contains(endpoint)) {
                    matchTransportSocket(host, locality.metadata());
                    newest = host;
                }
                now.put(key, host);
            }
        }
        before.byKey()
                .forEach((key, host) -> {
                    if (now.get(key) != host) {
                        if (!now.containsKey(key) && isKeptForItsHealth(host)) {
                            host.set(HealthFlag.PENDING_DYNAMIC_REMOVAL);
                            now.put(key, host);
                        } else {
                            change.remove(host);
                        }
                    }
                });
        return new Members(now);
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
    private Members relocated(EndpointAssignment next, Members members) {
        boolean logical = config.discovery() instanceof Discovery.Dns dns && dns.logical();
        if (!logical || members.size() != 1 || next.localities().size() != 1) {
            return members;
        }
        List<Endpoint> endpoints = next.localities().getFirst().endpoints();
        if (endpoints.size() != 1) {
            return members;
        }
        Host host = members.all().iterator().next();
        InetSocketAddress address = endpoints.getFirst().address();
        if (!host.address().equals(address)) {
            host.relocate(address);
        }
        return new Members(Map.of(HostKey.of(address), host));
    }

    /** The host that is there already, unless what identifies it changed. */
    private static @Nullable Host keep(
            @Nullable Host known, Placement placement, MembershipChange change) {
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
        var before = Before.of(known);
        known.clear(HealthFlag.PENDING_DYNAMIC_REMOVAL);
        known.setPlacement(placement);
        change.keep(known, before);
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

    /** Chooses what the connections to a host are made of. */
    void matchTransportSocket(Host host, Metadata ofLocality) {
        TransportSockets.Socket socket = cluster.sockets().of(host.metadata(), ofLocality);
        host.setSocket(socket);
        cluster.stats().countTransportSocket(environment.mainShard(), socket.name());
    }

    /** Counts what hosts made of these endpoints would be connected to with. */
    void countAgain(EndpointAssignment assignment) {
        var keys = new Members.Keys(config.discovery());
        for (LocalityEndpoints locality : assignment.localities()) {
            for (Endpoint endpoint : locality.endpoints()) {
                if (keys.next(endpoint) != null) {
                    cluster.stats()
                            .countTransportSocket(
                                    environment.mainShard(),
                                    cluster.sockets()
                                            .of(endpoint.metadata(), locality.metadata())
                                            .name());
                }
            }
        }
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
}
