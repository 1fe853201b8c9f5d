// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.ClusterManager;
import io.envoyproxy.envoy.config.bootstrap.v3.LayeredRuntime;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.envoyproxy.envoy.config.core.v3.Node;

/**
 * What is supported of the bootstrap. Listeners and clusters are not looked into from here: their
 * parsers check them, each with its own table.
 */
final class BootstrapFields {
    private static final SupportedFields NODE =
            SupportedFields.of(Node.class)
                    .obeyed("id", "cluster", "metadata")
                    .nested("locality", () -> EndpointParser.LOCALITY)
                    .obeyed("user_agent_name", "user_agent_version", "user_agent_build_version")
                    .obeyed("extensions", "client_features", "dynamic_parameters");

    private static final SupportedFields STATIC_RESOURCES =
            SupportedFields.of(Bootstrap.StaticResources.class)
                    .obeyed("listeners", "clusters", "secrets");

    private static final SupportedFields DYNAMIC_RESOURCES =
            SupportedFields.of(Bootstrap.DynamicResources.class)
                    .nested("lds_config", () -> ConfigSourceParser.SOURCE)
                    .nested("cds_config", () -> ConfigSourceParser.SOURCE)
                    .nested("ads_config", () -> ConfigSourceParser.API);

    private static final SupportedFields ADMIN =
            SupportedFields.of(Admin.class)
                    .nested("address", () -> AddressParser.ADDRESS)
                    .nested("access_log", () -> AccessLogParser.ACCESS_LOG)
                    .obeyed("access_log_path")
                    .noEffect("profile_path", "/cpuprofiler is not offered")
                    .obeyed("ignore_global_conn_limit");

    private static final SupportedFields DISK_LAYER =
            SupportedFields.of(RuntimeLayer.DiskLayer.class)
                    .obeyed("symlink_root", "subdirectory", "append_service_cluster");

    private static final SupportedFields RTDS_LAYER =
            SupportedFields.of(RuntimeLayer.RtdsLayer.class)
                    .obeyed("name")
                    .nested("rtds_config", () -> ConfigSourceParser.SOURCE);

    private static final SupportedFields LAYER =
            SupportedFields.of(RuntimeLayer.class)
                    .obeyed("name")
                    .obeyedWithNote(
                            "static_layer",
                            "shown by /runtime; keys that nothing reads are named in the log")
                    .nested("disk_layer", () -> DISK_LAYER)
                    .nested("rtds_layer", () -> RTDS_LAYER)
                    .obeyed("admin_layer");

    private static final SupportedFields RUNTIME =
            SupportedFields.of(LayeredRuntime.class).nested("layers", () -> LAYER);

    private static final SupportedFields OUTLIER_LOG =
            SupportedFields.of(ClusterManager.OutlierDetection.class).obeyed("event_log_path");

    private static final SupportedFields CLUSTER_MANAGER =
            SupportedFields.of(ClusterManager.class)
                    .obeyed("local_cluster_name")
                    .nested("load_stats_config", () -> ConfigSourceParser.API)
                    .nested("outlier_detection", () -> OUTLIER_LOG)
                    .nested("upstream_bind_config", () -> ClusterFields.BIND)
                    .noEffect(
                            "enable_deferred_cluster_creation",
                            "every worker makes what it needs when it needs it");

    static final SupportedFields BOOTSTRAP =
            SupportedFields.of(Bootstrap.class)
                    .nested("node", () -> NODE)
                    .nested("static_resources", () -> STATIC_RESOURCES)
                    .nested("dynamic_resources", () -> DYNAMIC_RESOURCES)
                    .nested("cluster_manager", () -> CLUSTER_MANAGER)
                    .obeyed("stats_flush_interval", "stats_flush_on_admin")
                    .nested("stats_config", () -> StatsConfigParser.CONFIG)
                    .nested("layered_runtime", () -> RUNTIME)
                    .nested("admin", () -> ADMIN)
                    .nested("stats_sinks", () -> StatsSinkParser.SINK)
                    .nested("watchdog", () -> WatchdogParser.WATCHDOG)
                    .nested("watchdogs", () -> WatchdogParser.WATCHDOGS)
                    .noEffect("memory_allocator_manager", "memory is the JVM's");

    private BootstrapFields() {}
}
