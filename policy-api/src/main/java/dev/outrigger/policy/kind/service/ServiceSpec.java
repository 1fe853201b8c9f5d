// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.service;

import dev.outrigger.policy.model.PolicySpec;
import java.util.List;
import java.util.Optional;

/** A destination: the names callers use, its ports, and where its endpoints come from. */
public record ServiceSpec(List<String> hostnames, List<Port> ports, Endpoints endpoints)
        implements PolicySpec {
    public ServiceSpec {
        hostnames = List.copyOf(hostnames);
        ports = List.copyOf(ports);
    }

    /**
     * A port callers use.
     *
     * @param name unique within the service
     * @param port 1..65535, the port in the caller's URL
     */
    public record Port(String name, int port, Protocol protocol) {}

    /** What is spoken on a port. */
    public enum Protocol {
        /** HTTP/1.1. */
        HTTP,
        HTTP2,
        /** HTTP/2, and by it gRPC: the same on the wire, and better to read. */
        GRPC;

        public boolean isHttp2() {
            return this != HTTP;
        }
    }

    /** Where the hosts of a service come from. */
    public sealed interface Endpoints {
        /** Fixed addresses, sent to proxies as EDS. */
        record Static(List<Address> addresses) implements Endpoints {
            public Static {
                addresses = List.copyOf(addresses);
            }
        }

        /** A name each proxy resolves itself; every address is a host (STRICT_DNS). */
        record Dns(String host, int port) implements Endpoints {}

        /** An EDS resource of that name, supplied by an XdsResources document. */
        record Eds(String serviceName) implements Endpoints {}
    }

    /**
     * One endpoint.
     *
     * @param address an IP address, never a name
     * @param weight 1..2^32-1; absent means Envoy's default of 1
     * @param priority 0..127, without gaps; a higher one gets traffic as the lower ones fail
     */
    public record Address(
            String address,
            int port,
            Optional<Long> weight,
            Optional<Locality> locality,
            int priority) {}

    /** Region, zone and sub-zone as in Envoy; empty strings where unset. */
    public record Locality(String region, String zone, String subZone) {}
}
