// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.GrpcXdsConfig.Header;
import java.util.List;

/**
 * {@code envoy.config.core.v3.GrpcService} with {@code envoy_grpc}.
 *
 * @param authority {@code :authority} of the calls; the cluster's name unless set
 */
public record GrpcServiceConfig(
        String clusterName, String authority, List<Header> initialMetadata) {
    public GrpcServiceConfig {
        initialMetadata = List.copyOf(initialMetadata);
    }
}
