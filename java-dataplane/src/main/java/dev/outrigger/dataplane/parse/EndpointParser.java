// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthStatus;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code envoy.config.endpoint.v3.ClusterLoadAssignment} to {@link EndpointAssignment}. */
public final class EndpointParser {
    static final SupportedFields LOCALITY =
            SupportedFields.of(Locality.getDescriptor()).obeyed("region", "zone", "sub_zone");

    private static final SupportedFields ENDPOINT =
            SupportedFields.of(io.envoyproxy.envoy.config.endpoint.v3.Endpoint.getDescriptor())
                    .nested("address", () -> AddressParser.ADDRESS)
                    .obeyed("hostname")
                    .noEffect("health_check_config", "active health checks are refused");

    private static final SupportedFields LB_ENDPOINT =
            SupportedFields.of(LbEndpoint.getDescriptor())
                    .nested("endpoint", () -> ENDPOINT)
                    .obeyed("health_status", "load_balancing_weight")
                    .noEffect("metadata", "nothing that reads endpoint metadata is supported");

    private static final SupportedFields LOCALITY_ENDPOINTS =
            SupportedFields.of(LocalityLbEndpoints.getDescriptor())
                    .nested("locality", () -> LOCALITY)
                    .nested("lb_endpoints", () -> LB_ENDPOINT)
                    .obeyed("priority")
                    .noEffect(
                            "load_balancing_weight",
                            "read only by locality-weighted balancing, which is refused")
                    .noEffect("proximity", "Envoy does not read it either")
                    .noEffect("metadata", "nothing that reads locality metadata is supported");

    private static final SupportedFields POLICY =
            SupportedFields.of(ClusterLoadAssignment.Policy.getDescriptor())
                    .obeyed("overprovisioning_factor");

    static final SupportedFields ASSIGNMENT =
            SupportedFields.of(ClusterLoadAssignment.getDescriptor())
                    .obeyed("cluster_name")
                    .nested("endpoints", () -> LOCALITY_ENDPOINTS)
                    .nested("policy", () -> POLICY);

    /** LB2. */
    private static final int DEFAULT_OVERPROVISIONING = 140;

    private EndpointParser() {}

    /** An EDS resource: every address must be an IP address. */
    public static Parsed<EndpointAssignment> parse(
            ClusterLoadAssignment proto, ParseContext context) {
        var findings = new Findings(context);
        findings.checkResource(proto, ASSIGNMENT);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        var assignment = assignment(proto, Names.REFUSED, "", findings);
        return findings.result(() -> assignment);
    }

    /** The assignment inside a cluster, whose constraints and fields were checked with it. */
    static EndpointAssignment assignment(
            ClusterLoadAssignment proto, Names names, String path, Findings findings) {
        var localities = new ArrayList<LocalityEndpoints>();
        Map<Integer, Long> weights = new LinkedHashMap<>();
        for (int i = 0; i < proto.getEndpointsCount(); i++) {
            var locality = proto.getEndpoints(i);
            String at = FieldPaths.index(FieldPaths.join(path, "endpoints"), i);
            var endpoints = new ArrayList<Endpoint>();
            for (int j = 0; j < locality.getLbEndpointsCount(); j++) {
                String each = FieldPaths.index(FieldPaths.join(at, "lb_endpoints"), j);
                endpoint(locality.getLbEndpoints(j), names, each, findings)
                        .ifPresent(endpoints::add);
            }
            long total = endpoints.stream().mapToLong(Endpoint::weight).sum();
            if (weights.merge(locality.getPriority(), total, Long::sum) > 0xFFFF_FFFFL) {
                findings.invalid(
                        at,
                        total,
                        "The sum of weights of all endpoints in the same locality must be at most"
                                + " 4294967295");
            }
            localities.add(
                    new LocalityEndpoints(
                            locality.getLocality().getRegion(),
                            locality.getLocality().getZone(),
                            locality.getLocality().getSubZone(),
                            locality.getPriority(),
                            Values.clamp(locality.getLoadBalancingWeight()),
                            endpoints));
        }
        int overprovisioning =
                proto.getPolicy().hasOverprovisioningFactor()
                        ? Values.clamp(proto.getPolicy().getOverprovisioningFactor())
                        : DEFAULT_OVERPROVISIONING;
        return new EndpointAssignment(List.copyOf(localities), overprovisioning);
    }

    private static Optional<Endpoint> endpoint(
            LbEndpoint proto, Names names, String path, Findings findings) {
        String at = FieldPaths.join(path, "endpoint");
        if (!proto.hasEndpoint()) {
            findings.unsupported(path, "", "an endpoint must be given in place");
            return Optional.empty();
        }
        var endpoint = proto.getEndpoint();
        Optional<InetSocketAddress> address =
                AddressParser.parse(
                        endpoint.getAddress(), names, FieldPaths.join(at, "address"), findings);
        int weight =
                proto.hasLoadBalancingWeight() ? Values.clamp(proto.getLoadBalancingWeight()) : 1;
        return address.map(
                a -> new Endpoint(a, hostname(endpoint.getHostname(), a), weight, health(proto)));
    }

    /** A DNS cluster's hosts carry the name they were resolved from unless told otherwise (B6). */
    private static String hostname(String configured, InetSocketAddress address) {
        if (configured.isEmpty() && address.isUnresolved()) {
            return address.getHostString();
        }
        return configured;
    }

    private static HealthStatus health(LbEndpoint proto) {
        return switch (proto.getHealthStatus()) {
            case HEALTHY -> HealthStatus.HEALTHY;
            case UNHEALTHY -> HealthStatus.UNHEALTHY;
            case DRAINING -> HealthStatus.DRAINING;
            case TIMEOUT -> HealthStatus.TIMEOUT;
            case DEGRADED -> HealthStatus.DEGRADED;
            case UNKNOWN, UNRECOGNIZED -> HealthStatus.UNKNOWN;
        };
    }
}
