// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.lrs;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterStats;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterStats.DroppedRequests;
import io.envoyproxy.envoy.config.endpoint.v3.UpstreamEndpointStats;
import io.envoyproxy.envoy.config.endpoint.v3.UpstreamLocalityStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was done since the last report, from counters that only grow. Main loop only; no I/O and no
 * clock.
 */
public final class LoadPeriod {
    private final Source source;
    private final Map<String, Long> begunNanos = new HashMap<>();
    private Map<HostKey, HostLoad> before = new HashMap<>();
    private final Map<String, Drops> dropsBefore = new HashMap<>();
    private boolean all;
    private Set<String> names = Set.of();
    private boolean endpoints;

    /** What is known of all clusters as of now. */
    @FunctionalInterface
    public interface Source {
        List<ClusterLoad> read();
    }

    /**
     * @param serviceName of EDS; empty for none
     */
    public record ClusterLoad(String name, String serviceName, List<HostLoad> hosts, Drops drops) {
        public ClusterLoad {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * Requests that reached no host, since the cluster is known.
     *
     * @param overflowed by circuit breakers
     * @param overloaded as the control plane wants
     * @param category of the latter; empty for none
     */
    public record Drops(long overflowed, long overloaded, String category) {
        Drops since(@Nullable Drops last) {
            // A cluster that was replaced counts from zero.
            return last == null || overflowed < last.overflowed || overloaded < last.overloaded
                    ? this
                    : new Drops(
                            overflowed - last.overflowed, overloaded - last.overloaded, category);
        }
    }

    /**
     * @param ip without port; of a Unix domain socket its path
     * @param inProgress as of now; the other numbers since the host is known
     */
    public record HostLoad(
            String ip,
            int port,
            Place place,
            long succeeded,
            long failed,
            long issued,
            long inProgress) {
        boolean isIdle() {
            return succeeded + failed + issued + inProgress == 0;
        }
    }

    /** A locality in a priority. */
    public record Place(String region, String zone, String subZone, int priority) {}

    private record HostKey(String cluster, String ip, int port, int priority) {}

    LoadPeriod(Source source) {
        this.source = source;
    }

    /** What is to be reported from now on; periods of clusters that were reported before go on. */
    void begin(boolean sendAll, List<String> clusters, boolean perEndpoint, long nowNanos) {
        all = sendAll;
        names = Set.copyOf(clusters);
        endpoints = perEndpoint;
        begunNanos.keySet().removeIf(name -> !isWanted(name));
        for (ClusterLoad cluster : source.read()) {
            if (isWanted(cluster.name()) && !begunNanos.containsKey(cluster.name())) {
                begunNanos.put(cluster.name(), nowNanos);
                cluster.hosts().forEach(host -> before.put(key(cluster, host), host));
                dropsBefore.put(cluster.name(), cluster.drops());
            }
        }
    }

    /** What happened since the last report. */
    List<ClusterStats> report(long nowNanos) {
        var reports = new ArrayList<ClusterStats>();
        var now = new HashMap<HostKey, HostLoad>();
        for (ClusterLoad cluster : source.read()) {
            if (!isWanted(cluster.name())) {
                continue;
            }
            Long begun = begunNanos.put(cluster.name(), nowNanos);
            cluster.hosts().forEach(host -> now.put(key(cluster, host), host));
            if (begun != null) {
                reports.add(report(cluster, microseconds(nowNanos - begun)));
            }
            dropsBefore.put(cluster.name(), cluster.drops());
        }
        before = now;
        return reports;
    }

    private ClusterStats report(ClusterLoad cluster, Duration interval) {
        var stats =
                ClusterStats.newBuilder()
                        .setClusterName(cluster.name())
                        .setClusterServiceName(cluster.serviceName())
                        .setLoadReportInterval(interval);
        Drops drops = cluster.drops().since(dropsBefore.get(cluster.name()));
        stats.setTotalDroppedRequests(drops.overflowed());
        if (drops.overloaded() > 0) {
            stats.addDroppedRequests(
                    DroppedRequests.newBuilder()
                            .setCategory(drops.category())
                            .setDroppedCount(drops.overloaded()));
        }
        var places = new LinkedHashMap<Place, List<HostLoad>>();
        for (HostLoad host : cluster.hosts()) {
            places.computeIfAbsent(host.place(), _ -> new ArrayList<>())
                    .add(since(before.get(key(cluster, host)), host));
        }
        places.forEach((place, hosts) -> {
            var locality = locality(place, hosts);
            if (locality.getTotalSuccessfulRequests()
                            + locality.getTotalErrorRequests()
                            + locality.getTotalIssuedRequests()
                            + locality.getTotalRequestsInProgress()
                    > 0) {
                stats.addUpstreamLocalityStats(locality);
            }
        });
        return stats.build();
    }

    private UpstreamLocalityStats.Builder locality(Place place, List<HostLoad> hosts) {
        var locality =
                UpstreamLocalityStats.newBuilder()
                        .setLocality(
                                Locality.newBuilder()
                                        .setRegion(place.region())
                                        .setZone(place.zone())
                                        .setSubZone(place.subZone()))
                        .setPriority(place.priority());
        for (HostLoad host : hosts) {
            locality.setTotalSuccessfulRequests(
                            locality.getTotalSuccessfulRequests() + host.succeeded())
                    .setTotalErrorRequests(locality.getTotalErrorRequests() + host.failed())
                    .setTotalIssuedRequests(locality.getTotalIssuedRequests() + host.issued())
                    .setTotalRequestsInProgress(
                            locality.getTotalRequestsInProgress() + host.inProgress());
            if (endpoints && !host.isIdle()) {
                locality.addUpstreamEndpointStats(
                        UpstreamEndpointStats.newBuilder()
                                .setAddress(address(host))
                                .setTotalSuccessfulRequests(host.succeeded())
                                .setTotalErrorRequests(host.failed())
                                .setTotalIssuedRequests(host.issued())
                                .setTotalRequestsInProgress(host.inProgress()));
            }
        }
        return locality;
    }

    /** As precise as Envoy tells it. */
    private static Duration microseconds(long nanos) {
        return Durations.fromMicros(nanos / 1000);
    }

    private static HostLoad since(@Nullable HostLoad last, HostLoad host) {
        return last == null
                ? host
                : new HostLoad(
                        host.ip(),
                        host.port(),
                        host.place(),
                        // A host that went and came again counts from zero.
                        Math.max(0, host.succeeded() - last.succeeded()),
                        Math.max(0, host.failed() - last.failed()),
                        Math.max(0, host.issued() - last.issued()),
                        host.inProgress());
    }

    private static Address address(HostLoad host) {
        if (host.ip().startsWith("/") || host.ip().startsWith("@")) {
            return Address.newBuilder().setPipe(Pipe.newBuilder().setPath(host.ip())).build();
        }
        return Address.newBuilder()
                .setSocketAddress(
                        SocketAddress.newBuilder().setAddress(host.ip()).setPortValue(host.port()))
                .build();
    }

    private boolean isWanted(String cluster) {
        return all || names.contains(cluster);
    }

    private static HostKey key(ClusterLoad cluster, HostLoad host) {
        return new HostKey(cluster.name(), host.ip(), host.port(), host.place().priority());
    }
}
