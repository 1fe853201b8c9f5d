// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.DropOverload;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthCheckTarget;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthStatus;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint.AdditionalAddress;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint.HealthCheckConfig;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code envoy.config.endpoint.v3.ClusterLoadAssignment} to {@link EndpointAssignment}. */
public final class EndpointParser {
    static final SupportedFields LOCALITY =
            SupportedFields.of(Locality.class).obeyed("region", "zone", "sub_zone");

    private static final SupportedFields HEALTH_CHECK =
            SupportedFields.of(HealthCheckConfig.class)
                    .obeyed("port_value", "hostname")
                    .nested("address", () -> AddressParser.ADDRESS)
                    .obeyed("disable_active_health_check");

    private static final SupportedFields ADDITIONAL_ADDRESS =
            SupportedFields.of(AdditionalAddress.class)
                    .nested("address", () -> AddressParser.ADDRESS);

    private static final SupportedFields ENDPOINT =
            SupportedFields.of(io.envoyproxy.envoy.config.endpoint.v3.Endpoint.class)
                    .nested("address", () -> AddressParser.ADDRESS)
                    .nested("health_check_config", () -> HEALTH_CHECK)
                    .obeyed("hostname")
                    .nested("additional_addresses", () -> ADDITIONAL_ADDRESS);

    private static final SupportedFields LB_ENDPOINT =
            SupportedFields.of(LbEndpoint.class)
                    .nested("endpoint", () -> ENDPOINT)
                    .obeyed("health_status")
                    .nested("metadata", () -> MetadataParser.METADATA)
                    .obeyed("load_balancing_weight");

    private static final SupportedFields LOCALITY_ENDPOINTS =
            SupportedFields.of(LocalityLbEndpoints.class)
                    .nested("locality", () -> LOCALITY)
                    .nested("lb_endpoints", () -> LB_ENDPOINT)
                    .nested("metadata", () -> MetadataParser.METADATA)
                    .obeyed("load_balancing_weight", "priority")
                    .noEffect("proximity", "Envoy does not read it either");

    private static final SupportedFields FRACTION =
            SupportedFields.of(FractionalPercent.class).obeyed("numerator", "denominator");

    private static final SupportedFields DROP_OVERLOAD =
            SupportedFields.of(ClusterLoadAssignment.Policy.DropOverload.class)
                    .obeyed("category")
                    .nested("drop_percentage", () -> FRACTION);

    private static final SupportedFields POLICY =
            SupportedFields.of(ClusterLoadAssignment.Policy.class)
                    .nested("drop_overloads", () -> DROP_OVERLOAD)
                    .obeyed("overprovisioning_factor", "endpoint_stale_after")
                    .obeyed("weighted_priority_health");

    static final SupportedFields ASSIGNMENT =
            SupportedFields.of(ClusterLoadAssignment.class)
                    .obeyed("cluster_name")
                    .nested("endpoints", () -> LOCALITY_ENDPOINTS)
                    .nested("policy", () -> POLICY);

    /** LB2. */
    private static final int DEFAULT_OVERPROVISIONING = 140;

    private static final long MAX_SUM = 0xFFFF_FFFFL;

    private EndpointParser() {}

    /** An EDS resource: every address must be an IP address. */
    public static Parsed<EndpointAssignment> parse(
            ClusterLoadAssignment proto, ParseContext context) {
        var findings = new Findings(context);
        findings.checkResource(proto, ASSIGNMENT);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        var assignment = assignment(proto, Names.REFUSED_IN_CLUSTER, "", findings);
        return findings.result(() -> assignment);
    }

    /** The assignment inside a cluster, whose constraints and fields were checked with it. */
    static EndpointAssignment assignment(
            ClusterLoadAssignment proto, Names names, String path, Findings findings) {
        var localities = new ArrayList<LocalityEndpoints>();
        Map<Integer, Long> weights = new LinkedHashMap<>();
        Map<Integer, Long> localityWeights = new LinkedHashMap<>();
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
            if (weights.merge(locality.getPriority(), total, Long::sum) > MAX_SUM) {
                findings.invalid(
                        at,
                        total,
                        "The sum of weights of all endpoints in the same locality must be at most"
                                + " 4294967295");
            }
            long weight = Values.unsigned(locality.getLoadBalancingWeight());
            if (localityWeights.merge(locality.getPriority(), weight, Long::sum) > MAX_SUM) {
                findings.invalid(
                        at,
                        weight,
                        "The sum of weights of all localities at the same priority exceeds"
                                + " 4294967295");
            }
            localities.add(
                    new LocalityEndpoints(
                            locality.getLocality().getRegion(),
                            locality.getLocality().getZone(),
                            locality.getLocality().getSubZone(),
                            locality.getPriority(),
                            Values.clamp(locality.getLoadBalancingWeight()),
                            MetadataParser.parse(locality.getMetadata()),
                            endpoints));
        }
        var policy = proto.getPolicy();
        return new EndpointAssignment(
                localities,
                policy.hasOverprovisioningFactor()
                        ? Values.clamp(policy.getOverprovisioningFactor())
                        : DEFAULT_OVERPROVISIONING,
                policy.getWeightedPriorityHealth(),
                drops(policy, FieldPaths.join(path, "policy.drop_overloads"), findings),
                Values.duration(
                        policy.getEndpointStaleAfter(),
                        FieldPaths.join(path, "policy.endpoint_stale_after"),
                        findings));
    }

    private static List<DropOverload> drops(
            ClusterLoadAssignment.Policy policy, String path, Findings findings) {
        int count = policy.getDropOverloadsCount();
        if (count > 1) {
            findings.invalid(
                    path,
                    count,
                    "Cluster drop_overloads config has "
                            + count
                            + " categories. Envoy only support one.");
        }
        var drops = new ArrayList<DropOverload>();
        for (var each : policy.getDropOverloadsList()) {
            long denominator =
                    switch (each.getDropPercentage().getDenominator()) {
                        case HUNDRED -> 100;
                        case TEN_THOUSAND -> 10_000;
                        case MILLION -> 1_000_000;
                        case UNRECOGNIZED -> {
                            findings.invalid(
                                    path,
                                    each.getDropPercentage().getDenominatorValue(),
                                    "Cluster drop_overloads config denominator setting is invalid :"
                                            + " "
                                            + each.getDropPercentage().getDenominatorValue()
                                            + ". Valid range 0~2.");
                            yield 100;
                        }
                    };
            long numerator = Integer.toUnsignedLong(each.getDropPercentage().getNumerator());
            if (numerator > denominator) {
                findings.invalid(
                        path,
                        numerator,
                        "Cluster drop_overloads config is invalid. drop_ratio="
                                + (double) numerator / denominator
                                + "(Numerator "
                                + numerator
                                + " / Denominator "
                                + denominator
                                + "). The valid range is 0~1.");
            }
            drops.add(new DropOverload(each.getCategory(), numerator, denominator));
        }
        return drops;
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
                AddressParser.parseOrPipe(
                        endpoint.getAddress(), names, FieldPaths.join(at, "address"), findings);
        int weight =
                proto.hasLoadBalancingWeight() ? Values.clamp(proto.getLoadBalancingWeight()) : 1;
        var more = new ArrayList<InetSocketAddress>();
        for (int i = 0; i < endpoint.getAdditionalAddressesCount(); i++) {
            String each = FieldPaths.index(FieldPaths.join(at, "additional_addresses"), i);
            AddressParser.parse(
                            endpoint.getAdditionalAddresses(i).getAddress(),
                            names,
                            FieldPaths.join(each, "address"),
                            findings)
                    .ifPresent(more::add);
        }
        HealthCheckTarget target = target(endpoint.getHealthCheckConfig(), at, findings);
        return address.map(a ->
                new Endpoint(
                        a,
                        hostname(endpoint.getHostname(), a),
                        weight,
                        health(proto),
                        MetadataParser.parse(proto.getMetadata()),
                        target,
                        more));
    }

    private static HealthCheckTarget target(
            HealthCheckConfig proto, String path, Findings findings) {
        if (proto.equals(HealthCheckConfig.getDefaultInstance())) {
            return HealthCheckTarget.DEFAULT;
        }
        String at = FieldPaths.join(path, "health_check_config");
        return new HealthCheckTarget(
                proto.getPortValue() == 0
                        ? OptionalInt.empty()
                        : OptionalInt.of(proto.getPortValue()),
                proto.getHostname(),
                proto.hasAddress()
                        ? AddressParser.parse(
                                proto.getAddress(),
                                Names.REFUSED,
                                FieldPaths.join(at, "address"),
                                findings)
                        : Optional.empty(),
                proto.getDisableActiveHealthCheck());
    }

    /** A DNS cluster's hosts carry the name they were resolved from unless told otherwise (B6). */
    private static String hostname(String configured, InetSocketAddress address) {
        if (configured.isEmpty() && address.isUnresolved() && !PipeAddress.isPipe(address)) {
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
