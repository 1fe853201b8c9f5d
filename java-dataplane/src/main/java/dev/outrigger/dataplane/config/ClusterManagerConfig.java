// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Optional;

/**
 * {@code envoy.config.bootstrap.v3.ClusterManager}.
 *
 * @param localCluster the cluster this proxy is one of; empty when it says nothing
 * @param outlierEventLogPath a file that hears of ejections; empty for none
 * @param loadStats the service that is told what hosts were sent
 */
public record ClusterManagerConfig(
        String localCluster, String outlierEventLogPath, Optional<GrpcXdsConfig> loadStats) {
    public static final ClusterManagerConfig NONE =
            new ClusterManagerConfig("", "", Optional.empty());
}
