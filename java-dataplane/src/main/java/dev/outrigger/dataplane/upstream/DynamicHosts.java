// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthStatus;
import dev.outrigger.dataplane.dnscache.DnsCache;
import dev.outrigger.dataplane.dnscache.DnsHost;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of a dynamic forward proxy cluster: each name of the cache that has an address is one.
 * A name that moves keeps its host, as that of a LOGICAL_DNS cluster does. Changed on the main
 * loop, asked on any.
 */
final class DynamicHosts implements DnsCache.Listener {
    private final Cluster cluster;
    private final DnsCache cache;
    private final Membership membership;
    private final Map<String, Known> byName = new ConcurrentHashMap<>();

    private record Known(DnsHost name, Host host) {}

    DynamicHosts(Cluster cluster, DnsCache cache, Membership membership) {
        this.cluster = cluster;
        this.cache = cache;
        this.membership = membership;
        cache.addListener(this);
    }

    /** The host of a name with its port, which counts as used; {@code null} for none to be used. */
    @Nullable Host choose(String name) {
        Known known = byName.get(name);
        if (known == null || !(known.host.isHealthy() || known.host.isDegraded())) {
            return null;
        }
        known.name.touch(cluster.environment().loop().nanoTime());
        return known.host;
    }

    /**
     * Has a name looked up that nobody knows yet: one that a route has put in the place of that
     * which the filter saw.
     *
     * @param whenDone called on the worker's loop, whatever came of it
     * @return {@code null} where there is nothing to wait for
     */
    DnsCache.@Nullable Load lookUp(
            String name, int defaultPort, WorkerContext worker, Runnable whenDone) {
        if (byName.containsKey(name)
                || cache.find(name) != null
                || cache.isOverflowing(worker.stats())) {
            return null;
        }
        return cache.load(name, defaultPort, worker.index(), _ -> whenDone.run());
    }

    /** Why a name that need not be looked up has no host. */
    String whyNone(String name) {
        DnsHost found = cache.find(name);
        return found == null ? "dns_cache_overflow" : found.details();
    }

    @Override
    public void onHostAddedOrUpdated(DnsHost name) {
        List<InetSocketAddress> addresses = name.addresses();
        InetSocketAddress first = addresses.getFirst();
        var placement =
                new Host.Placement(
                        new Endpoint(first, name.key(), 1, HealthStatus.UNKNOWN)
                                .withAdditionalAddresses(addresses.subList(1, addresses.size())),
                        0,
                        LocalityKey.NONE,
                        0);
        Known known = byName.get(name.key());
        if (known != null) {
            known.host.setPlacement(placement);
            known.host.relocate(first);
            return;
        }
        var host = new Host(cluster, first, cluster.environment().workers(), placement);
        membership.addNamed(name.key(), host);
        byName.put(name.key(), new Known(name, host));
    }

    @Override
    public void onHostRemoved(DnsHost name) {
        Known known = byName.remove(name.key());
        if (known != null) {
            membership.removeNamed(known.host);
        }
    }

    void close() {
        cache.removeListener(this);
        byName.clear();
    }
}
