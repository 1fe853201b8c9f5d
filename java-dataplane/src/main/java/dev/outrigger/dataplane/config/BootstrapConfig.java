// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code envoy.config.bootstrap.v3.Bootstrap} with its defaults resolved and the command line's
 * overrides applied.
 *
 * @param admin absent: no admin socket is opened, as in Envoy
 * @param secrets by name
 * @param listeners static listeners, in file order
 * @param clusters static clusters, in file order
 * @param clusterManager what concerns all clusters
 * @param runtimeLayers in order; a later layer wins
 * @param statsSinks where stats go with every flush
 * @param mainThreadWatchdog watches the main loop, {@code workerWatchdog} each worker's
 * @param statsFlushOnAdmin stats are flushed when somebody asks for them, and not by time
 */
public record BootstrapConfig(
        NodeConfig node,
        Optional<AdminConfig> admin,
        Map<String, SecretConfig> secrets,
        List<ListenerConfig> listeners,
        List<ClusterConfig> clusters,
        DynamicResourcesConfig dynamicResources,
        ClusterManagerConfig clusterManager,
        List<RuntimeLayerConfig> runtimeLayers,
        Duration statsFlushInterval,
        boolean statsFlushOnAdmin,
        StatsConfig statsConfig,
        List<StatsSinkConfig> statsSinks,
        WatchdogConfig mainThreadWatchdog,
        WatchdogConfig workerWatchdog) {
    private static final WatchdogConfig DEFAULT_WATCHDOG =
            new WatchdogConfig(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ZERO);

    /** Without sinks, with the default watchdogs. */
    public BootstrapConfig(
            NodeConfig node,
            Optional<AdminConfig> admin,
            List<ListenerConfig> listeners,
            List<ClusterConfig> clusters,
            DynamicResourcesConfig dynamicResources,
            ClusterManagerConfig clusterManager,
            List<RuntimeLayerConfig> runtimeLayers,
            Duration statsFlushInterval,
            boolean statsFlushOnAdmin,
            StatsConfig statsConfig) {
        this(
                node,
                admin,
                Map.of(),
                listeners,
                clusters,
                dynamicResources,
                clusterManager,
                runtimeLayers,
                statsFlushInterval,
                statsFlushOnAdmin,
                statsConfig,
                List.of(),
                DEFAULT_WATCHDOG,
                DEFAULT_WATCHDOG);
    }

    public BootstrapConfig {
        secrets = Map.copyOf(secrets);
        listeners = List.copyOf(listeners);
        clusters = List.copyOf(clusters);
        runtimeLayers = List.copyOf(runtimeLayers);
        statsSinks = List.copyOf(statsSinks);
    }
}
