// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code envoy.config.endpoint.v3.ClusterLoadAssignment}.
 *
 * @param weightedPriorityHealth whether health counts weights instead of hosts (LB2)
 * @param dropOverloads shares of requests to be answered at once instead of forwarded (ED4)
 * @param staleAfter how long it may be used without being sent again; zero for ever
 */
public record EndpointAssignment(
        List<LocalityEndpoints> localities,
        int overprovisioningFactor,
        boolean weightedPriorityHealth,
        List<DropOverload> dropOverloads,
        Duration staleAfter) {
    public static final EndpointAssignment EMPTY = new EndpointAssignment(List.of(), 140);

    public EndpointAssignment {
        localities = List.copyOf(localities);
        dropOverloads = List.copyOf(dropOverloads);
    }

    /** An assignment with the default policy but for the overprovisioning factor. */
    public EndpointAssignment(List<LocalityEndpoints> localities, int overprovisioningFactor) {
        this(localities, overprovisioningFactor, false, List.of(), Duration.ZERO);
    }

    /** The same policy with other hosts. */
    public EndpointAssignment withLocalities(List<LocalityEndpoints> others) {
        return new EndpointAssignment(
                others, overprovisioningFactor, weightedPriorityHealth, dropOverloads, staleAfter);
    }

    /**
     * @param numerator of requests to drop, out of {@code denominator}
     */
    public record DropOverload(String category, long numerator, long denominator) {}

    /**
     * @param weight 0 when unset
     * @param metadata read by {@code transport_socket_matches} when the endpoint has none
     */
    public record LocalityEndpoints(
            String region,
            String zone,
            String subZone,
            int priority,
            int weight,
            Metadata metadata,
            List<Endpoint> endpoints) {
        public LocalityEndpoints {
            endpoints = List.copyOf(endpoints);
        }

        /** Without metadata. */
        public LocalityEndpoints(
                String region,
                String zone,
                String subZone,
                int priority,
                int weight,
                List<Endpoint> endpoints) {
            this(region, zone, subZone, priority, weight, Metadata.EMPTY, endpoints);
        }

        /** The same place with other endpoints. */
        public LocalityEndpoints withEndpoints(List<Endpoint> others) {
            return new LocalityEndpoints(region, zone, subZone, priority, weight, metadata, others);
        }
    }

    /**
     * @param address unresolved only inside a DNS cluster's own assignment
     * @param hostname the endpoint's {@code hostname}, or the DNS name; may be empty
     * @param weight at least 1
     * @param additionalAddresses to be tried after the first (happy eyeballs)
     */
    public record Endpoint(
            InetSocketAddress address,
            String hostname,
            int weight,
            HealthStatus healthStatus,
            Metadata metadata,
            HealthCheckTarget healthCheck,
            List<InetSocketAddress> additionalAddresses) {
        public Endpoint {
            additionalAddresses = List.copyOf(additionalAddresses);
        }

        /** Without metadata and with the defaults of health checks. */
        public Endpoint(
                InetSocketAddress address, String hostname, int weight, HealthStatus healthStatus) {
            this(
                    address,
                    hostname,
                    weight,
                    healthStatus,
                    Metadata.EMPTY,
                    HealthCheckTarget.DEFAULT,
                    List.of());
        }

        /** The same endpoint at an address that a name was resolved to. */
        public Endpoint at(InetSocketAddress resolved, String name) {
            return new Endpoint(
                    resolved,
                    name,
                    weight,
                    healthStatus,
                    metadata,
                    healthCheck,
                    additionalAddresses);
        }

        /** The same endpoint with more addresses. */
        public Endpoint withAdditionalAddresses(List<InetSocketAddress> more) {
            return new Endpoint(
                    address, hostname, weight, healthStatus, metadata, healthCheck, more);
        }
    }

    /**
     * {@code health_check_config}: where and how active health checks ask.
     *
     * @param port absent for the endpoint's own
     * @param hostname empty for the endpoint's own
     * @param address absent for the endpoint's own
     */
    public record HealthCheckTarget(
            OptionalInt port,
            String hostname,
            Optional<InetSocketAddress> address,
            boolean disabled) {
        public static final HealthCheckTarget DEFAULT =
                new HealthCheckTarget(OptionalInt.empty(), "", Optional.empty(), false);
    }

    public enum HealthStatus {
        UNKNOWN,
        HEALTHY,
        UNHEALTHY,
        DRAINING,
        TIMEOUT,
        DEGRADED
    }
}
