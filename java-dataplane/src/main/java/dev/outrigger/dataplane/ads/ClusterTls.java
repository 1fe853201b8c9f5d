// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.tls.ClientTls;
import dev.outrigger.dataplane.tls.TlsContexts;
import dev.outrigger.dataplane.tls.TlsTarget;
import io.netty.channel.ChannelHandler;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of the connections that the process itself makes: to control planes and to other services
 * over gRPC. A cluster that serves lends its own; until it does, one is made for it. Main loop
 * only.
 */
public final class ClusterTls {
    private final TlsContexts contexts;
    private final Serving serving;
    private final StatsShard shard;
    private final Map<String, Made> byCluster = new HashMap<>();

    /** What targets of {@code google_grpc} are counted in, as Envoy counts nothing of their TLS. */
    private final StatsStore nowhere;

    private final TlsContexts uncounted;
    private final Map<UpstreamTlsConfig, ClientTls> google = new HashMap<>();

    private record Made(UpstreamTlsConfig config, ClientTls tls) {}

    /** The clusters that requests are sent to. */
    @FunctionalInterface
    public interface Serving {
        /** The cluster's own TLS; {@code null} where it does not serve or speaks cleartext. */
        @Nullable ClientTls find(String cluster);
    }

    /**
     * @param shard the main loop's
     */
    public ClusterTls(TlsContexts contexts, Serving serving, StatsShard shard) {
        this.contexts = contexts;
        this.serving = serving;
        this.shard = shard;
        this.nowhere = new StatsStore(1);
        this.uncounted = new TlsContexts(nowhere, InstantSource.system(), System::nanoTime);
    }

    /**
     * What stands between a new connection's socket and its codec; {@code null} for cleartext.
     *
     * @param alpn offered where the cluster names no protocols
     */
    @Nullable ChannelHandler newHandler(XdsClusterConfig cluster, List<String> alpn) {
        return cluster.tls()
                .map(config ->
                        tls(cluster, config)
                                .newHandler(
                                        TlsTarget.of("").withAlpnFallback(alpn),
                                        shardOf(cluster),
                                        cluster.connectTimeout()))
                .orElse(null);
    }

    private StatsShard shardOf(XdsClusterConfig cluster) {
        return cluster.googleStatPrefix().isPresent() ? nowhere.shard(0) : shard;
    }

    private ClientTls tls(XdsClusterConfig to, UpstreamTlsConfig config) {
        if (to.googleStatPrefix().isPresent()) {
            return google.computeIfAbsent(config, each -> uncounted.client(each, ""));
        }
        String cluster = to.name();
        ClientTls own = serving.find(cluster);
        if (own != null) {
            byCluster.remove(cluster);
            return own;
        }
        Made known = byCluster.get(cluster);
        if (known == null || !known.config().equals(config)) {
            known = new Made(config, contexts.client(config, "cluster." + cluster + "."));
            byCluster.put(cluster, known);
        }
        return known.tls();
    }
}
