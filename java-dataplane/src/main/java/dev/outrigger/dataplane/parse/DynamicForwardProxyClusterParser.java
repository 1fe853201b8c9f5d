// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.ClusterConfig.PeerNaming;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import java.util.Optional;

/** {@code envoy.clusters.dynamic_forward_proxy}. */
@SuppressWarnings("deprecation") // the flat options of clusters
final class DynamicForwardProxyClusterParser {
    private static final String NAME = "envoy.clusters.dynamic_forward_proxy";
    private static final String PATH = "cluster_type.typed_config";

    static final SupportedFields TABLE =
            SupportedFields.of(ClusterConfig.class, "dynamic forward proxy")
                    .nested("dns_cache_config", () -> DnsCacheParser.TABLE)
                    .obeyed("allow_insecure_cluster_options")
                    .onlyBool("allow_coalesced_connections", false);

    private DynamicForwardProxyClusterParser() {}

    static boolean isOf(Cluster proto) {
        return proto.hasClusterType()
                && (proto.getClusterType().getName().equals(NAME)
                        || Values.is(proto.getClusterType().getTypedConfig(), ClusterConfig.class));
    }

    static Discovery parse(Cluster proto, Findings findings) {
        Optional<ClusterConfig> config =
                Values.unpack(
                        proto.getClusterType().getTypedConfig(),
                        ClusterConfig.class,
                        PATH,
                        findings);
        return config.<Discovery>map(typed ->
                        new Discovery.DynamicForwardProxy(
                                DnsCacheParser.parse(
                                        typed.getDnsCacheConfig(),
                                        FieldPaths.join(PATH, "dns_cache_config"),
                                        findings)))
                .orElseGet(Discovery.Static::new);
    }

    /** TLS toward hosts that clients name is for those names, unless the cluster says otherwise. */
    static Cluster withNaming(Cluster proto) {
        if (!isOf(proto) || proto.hasUpstreamHttpProtocolOptions()) {
            return proto;
        }
        return proto.toBuilder()
                .setUpstreamHttpProtocolOptions(
                        UpstreamHttpProtocolOptions.newBuilder()
                                .setAutoSni(true)
                                .setAutoSanValidation(true))
                .build();
    }

    /** The same for those who say what their HTTP is like. */
    static void checkNaming(Cluster proto, PeerNaming naming, Findings findings) {
        if (!isOf(proto) || (naming.autoSni() && naming.autoSanValidation())) {
            return;
        }
        boolean insecure =
                Values.unpack(
                                proto.getClusterType().getTypedConfig(),
                                ClusterConfig.class,
                                PATH,
                                findings)
                        .map(ClusterConfig::getAllowInsecureClusterOptions)
                        .orElse(true);
        if (!insecure) {
            findings.invalid(
                    "upstream_http_protocol_options",
                    "",
                    "dynamic_forward_proxy cluster must have auto_sni and auto_san_validation true"
                            + " unless allow_insecure_cluster_options is set.");
        }
    }
}
