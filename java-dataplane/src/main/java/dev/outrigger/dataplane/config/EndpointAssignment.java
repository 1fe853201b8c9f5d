// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.InetSocketAddress;
import java.util.List;

/** {@code envoy.config.endpoint.v3.ClusterLoadAssignment}. */
public record EndpointAssignment(List<LocalityEndpoints> localities, int overprovisioningFactor) {
    public static final EndpointAssignment EMPTY = new EndpointAssignment(List.of(), 140);

    public EndpointAssignment {
        localities = List.copyOf(localities);
    }

    /**
     * @param weight 0 when unset
     */
    public record LocalityEndpoints(
            String region,
            String zone,
            String subZone,
            int priority,
            int weight,
            List<Endpoint> endpoints) {
        public LocalityEndpoints {
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * @param address unresolved only inside a STRICT_DNS cluster's own assignment
     * @param hostname the endpoint's {@code hostname}, or the DNS name; may be empty
     * @param weight at least 1
     */
    public record Endpoint(
            InetSocketAddress address, String hostname, int weight, HealthStatus healthStatus) {}

    public enum HealthStatus {
        UNKNOWN,
        HEALTHY,
        UNHEALTHY,
        DRAINING,
        TIMEOUT,
        DEGRADED
    }
}
