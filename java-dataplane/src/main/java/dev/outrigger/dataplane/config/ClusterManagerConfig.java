// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * {@code envoy.config.bootstrap.v3.ClusterManager}.
 *
 * @param localCluster the cluster this proxy is one of; empty when it says nothing
 * @param outlierEventLogPath a file that hears of ejections; empty for none
 */
public record ClusterManagerConfig(String localCluster, String outlierEventLogPath) {
    public static final ClusterManagerConfig NONE = new ClusterManagerConfig("", "");
}
