// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * A warm cluster: its configuration and the hosts it has now, from its own {@code load_assignment},
 * from EDS or from name resolution. Every address is resolved.
 */
public record ActiveCluster(ClusterConfig config, EndpointAssignment endpoints) {}
