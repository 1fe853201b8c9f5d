// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A gRPC xDS API ({@code api_config_source} with {@code envoy_grpc} or {@code google_grpc}).
 *
 * @param clusterName names an {@link XdsClusterConfig}, or the target of a {@code google_grpc}
 * @param google that target; absent for a cluster
 * @param authority {@code :authority} of the stream; the cluster's name unless set
 * @param requestTimeout zero for none
 * @param backoffBase first delay after a failed stream; default 500 ms
 * @param backoffMax default 30 s
 * @param rateLimit of requests on the stream; absent: none
 */
public record GrpcXdsConfig(
        Variant variant,
        String clusterName,
        Optional<XdsClusterConfig> google,
        String authority,
        List<Header> initialMetadata,
        Duration requestTimeout,
        boolean setNodeOnFirstMessageOnly,
        Duration backoffBase,
        Duration backoffMax,
        Optional<RateLimit> rateLimit) {
    public GrpcXdsConfig {
        initialMetadata = List.copyOf(initialMetadata);
    }

    /** State of the world or incremental. */
    public enum Variant {
        SOTW,
        DELTA
    }

    /** One entry of {@code initial_metadata}. */
    public record Header(String name, String value) {}

    /** Token bucket; {@code fillPerSecond} tokens a second up to {@code maxTokens}. */
    public record RateLimit(int maxTokens, double fillPerSecond) {}
}
