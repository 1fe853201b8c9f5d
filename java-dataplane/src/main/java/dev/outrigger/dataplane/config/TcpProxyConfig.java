// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.filters.network.tcp_proxy} with its defaults resolved (6.5). Durations of zero mean
 * "off".
 *
 * @param clusters one, or several by weight
 * @param maxConnectAttempts 1 or more
 * @param backOff between attempts; absent: the next one follows at once
 * @param tunnel how the bytes go through HTTP; empty where they do not
 * @param hashSource what the hash of a connection is made of, for hashing load balancers
 */
public record TcpProxyConfig(
        String statPrefix,
        List<TargetCluster> clusters,
        Duration idleTimeout,
        Duration maxDownstreamConnectionDuration,
        int maxConnectAttempts,
        Optional<BackOff> backOff,
        Optional<HashSource> hashSource,
        Optional<Tunnel> tunnel,
        List<AccessLogConfig> accessLogs,
        Duration accessLogFlushInterval,
        boolean flushAccessLogOnConnected) {
    public TcpProxyConfig {
        clusters = List.copyOf(clusters);
        accessLogs = List.copyOf(accessLogs);
    }

    /**
     * Where connections go.
     *
     * @param weight among the others
     * @param metadataMatch what a host must have
     */
    public record TargetCluster(
            String name, long weight, Optional<MetadataCriteria> metadataMatch) {}

    /**
     * How long to wait before the next attempt: random up to a bound that doubles from the base.
     *
     * @param maxInterval never below {@code baseInterval}
     */
    public record BackOff(Duration baseInterval, Duration maxInterval) {}

    /**
     * How bytes go through HTTP ({@code tunneling_config}).
     *
     * @param hostname the authority, with command operators
     * @param usePost whether it is a POST that carries them, and no CONNECT
     * @param postPath of the POST
     */
    public record Tunnel(String hostname, boolean usePost, String postPath, HeaderEdits headers) {}

    /** What a connection's hash is made of. */
    public sealed interface HashSource {
        /** The address of the caller. */
        record SourceIp() implements HashSource {}

        /** What a filter has left under a key, where one has. */
        record FilterState(String key) implements HashSource {}
    }
}
