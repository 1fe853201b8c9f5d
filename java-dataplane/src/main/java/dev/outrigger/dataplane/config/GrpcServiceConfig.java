// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.GrpcXdsConfig.Header;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.config.core.v3.GrpcService}.
 *
 * @param clusterName of {@code envoy_grpc}, or the target of a {@code google_grpc}
 * @param google that target; absent for a cluster
 * @param authority {@code :authority} of the calls; the cluster's name unless set
 */
public record GrpcServiceConfig(
        String clusterName,
        Optional<XdsClusterConfig> google,
        String authority,
        List<Header> initialMetadata) {
    public GrpcServiceConfig {
        initialMetadata = List.copyOf(initialMetadata);
    }
}
