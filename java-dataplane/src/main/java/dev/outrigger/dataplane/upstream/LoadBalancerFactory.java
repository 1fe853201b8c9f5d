// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Algorithm;
import dev.outrigger.dataplane.config.LoadBalancingConfig.Locality;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the balancer of one cluster for one worker. Any worker. */
final class LoadBalancerFactory {
    private static final Locality.ZoneAware ZONES_BY_DEFAULT =
            new Locality.ZoneAware(100, 6, false, false);

    private final Function<String, @Nullable Cluster> clusters;

    /**
     * @param clusters finds a cluster by name, as of now; any thread
     */
    LoadBalancerFactory(Function<String, @Nullable Cluster> clusters) {
        this.clusters = clusters;
    }

    LoadBalancer make(Cluster cluster, WorkerContext worker) {
        return switch (cluster.config().discovery()) {
            case Discovery.OriginalDst original ->
                    new OriginalDstLoadBalancer(cluster, worker, original);
            case Discovery.DynamicForwardProxy _ -> new DynamicForwardProxyLoadBalancer(cluster);
            case Discovery.Aggregate(var names) ->
                    new AggregateLoadBalancer(cluster, worker, names, clusters);
            case Discovery.Static _, Discovery.Dns _, Discovery.Eds _ -> {
                boolean subsets = cluster.config().loadBalancing().subsets().isPresent();
                yield subsets
                        ? new SubsetLoadBalancer(
                                worker, cluster.stats(), () -> plain(cluster, worker))
                        : plain(cluster, worker);
            }
        };
    }

    private LoadBalancer plain(Cluster cluster, WorkerContext worker) {
        Algorithm algorithm = cluster.config().loadBalancing().algorithm();
        Locality locality = locality(algorithm);
        return switch (algorithm) {
            case Algorithm.RingHash _, Algorithm.Maglev _ ->
                    new HashingLoadBalancer(worker, cluster.stats());
            case Algorithm.RoundRobin _,
                    Algorithm.LeastRequest _,
                    Algorithm.Random _,
                    Algorithm.ClusterProvided _ ->
                    new ZoneAwareLoadBalancer(
                            worker,
                            cluster.stats(),
                            new HostPicker(algorithm, worker, cluster.environment().runtime()),
                            locality == null ? new Locality.None() : locality,
                            zoneAware(cluster),
                            () -> localCluster(cluster.environment().localCluster()));
        };
    }

    private static @Nullable Locality locality(Algorithm algorithm) {
        return switch (algorithm) {
            case Algorithm.RoundRobin(var where, var _) -> where;
            case Algorithm.LeastRequest least -> least.locality();
            case Algorithm.Random(var where) -> where;
            case Algorithm.RingHash _, Algorithm.Maglev _, Algorithm.ClusterProvided _ -> null;
        };
    }

    /**
     * How a cluster keeps requests in the proxy's zone (LB7): by Envoy's defaults where nothing is
     * said of it. {@code null} where the proxy does not know its own cluster, or the algorithm does
     * not look at zones.
     */
    static Locality.@Nullable ZoneAware zoneAware(Cluster cluster) {
        String local = cluster.environment().localCluster();
        Locality locality = locality(cluster.config().loadBalancing().algorithm());
        if (locality == null || local.isEmpty() || local.equals(cluster.name())) {
            return null;
        }
        return locality instanceof Locality.ZoneAware said ? said : ZONES_BY_DEFAULT;
    }

    private @Nullable HostSet localCluster(String name) {
        Cluster local = name.isEmpty() ? null : clusters.apply(name);
        return local == null ? null : local.hostSet();
    }
}
