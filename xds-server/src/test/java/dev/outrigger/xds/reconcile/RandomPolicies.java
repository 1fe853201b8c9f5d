// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.credential.CredentialPolicy;
import dev.outrigger.policy.kind.grpcroute.GrpcRouteSpec;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.RouteFilters;
import dev.outrigger.policy.kind.localityfailover.LocalityFailoverPolicy;
import dev.outrigger.policy.kind.retry.RetryPolicy;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.timeouts.TimeoutsPolicy;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.Metadata;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * A set of documents that changes at random. Few names, so that documents meet; references dangle,
 * host names clash and raw resources contradict each other now and then, as no store would allow.
 */
final class RandomPolicies {
    static final List<String> SIDECARS = List.of("a", "b");
    static final List<String> RAW = List.of("r", "s");
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");

    private final RandomGenerator random;
    private PolicySet current = PolicySet.EMPTY;

    RandomPolicies(RandomGenerator random) {
        this.random = random;
    }

    PolicySet current() {
        return current;
    }

    /** One revision: a few documents written or deleted. */
    PolicySet next() {
        var put = new ArrayList<Policy<?>>();
        var removed = new ArrayList<PolicyId>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            var document = document();
            if (random.nextInt(4) == 0) {
                removed.add(document.id());
            } else if (random.nextInt(10) == 0) {
                // Saved again as it is.
                current.find(document.id())
                        .ifPresent(policy -> put.add(policy.withGeneration(current.revision())));
            } else {
                put.add(document);
            }
        }
        current = current.with(current.revision() + 1, put, removed);
        return current;
    }

    private Policy<?> document() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> policy("Service", pick(NAMES), service());
            case 3 -> policy("HTTPRoute", pick(NAMES), route());
            case 4 ->
                    policy(
                            "GRPCRoute",
                            pick(NAMES),
                            new GrpcRouteSpec(services(), route().rules()));
            case 5, 6, 7 -> policy("TrafficPolicy", pick(NAMES), trafficPolicy());
            case 8 -> policy("Sidecar", pick(SIDECARS), sidecar());
            default -> policy("XdsResources", pick(RAW), raw());
        };
    }

    private static <S extends PolicySpec> Policy<S> policy(String kind, String name, S spec) {
        return new Policy<>(new PolicyId(kind, "default", name), Metadata.EMPTY, spec, 1);
    }

    private ServiceSpec service() {
        var hostnames = new TreeSet<String>();
        for (int i = random.nextInt(1, 3); i > 0; i--) {
            hostnames.add(pick(NAMES) + random.nextInt(8) + pick(List.of(".local", ".test")));
        }
        var ports = new ArrayList<ServiceSpec.Port>();
        ports.add(
                new ServiceSpec.Port(
                        "http",
                        pick(List.of(80, 81)),
                        pick(List.of(ServiceSpec.Protocol.values()))));
        if (random.nextInt(3) == 0) {
            ports.add(new ServiceSpec.Port("more", 8080, ServiceSpec.Protocol.HTTP));
        }
        return new ServiceSpec(List.copyOf(hostnames), ports, endpoints());
    }

    private ServiceSpec.Endpoints endpoints() {
        return switch (random.nextInt(6)) {
            case 0 -> new ServiceSpec.Endpoints.Dns("app.test", 8080);
            case 1, 2 -> new ServiceSpec.Endpoints.Eds(pick(List.of("x", "y")));
            default ->
                    new ServiceSpec.Endpoints.Static(List.of(address(1), address(4), address(7)));
        };
    }

    private ServiceSpec.Address address(int first) {
        return new ServiceSpec.Address(
                "127.0.0." + random.nextInt(first, first + 3),
                8080,
                Optional.empty(),
                maybe(locality()),
                0);
    }

    private ServiceSpec.Locality locality() {
        return new ServiceSpec.Locality(
                pick(List.of("eu", "us", "asia")), pick(List.of("1", "2")), "");
    }

    private HttpRouteSpec route() {
        var rules = new ArrayList<HttpRouteSpec.Rule>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            rules.add(
                    new HttpRouteSpec.Rule(
                            "rule-" + i,
                            List.of(
                                    new HttpRouteSpec.Match(
                                            new HttpRouteSpec.PathMatch.Prefix("/" + pick(NAMES)),
                                            Optional.empty(),
                                            List.of(),
                                            List.of())),
                            RouteFilters.NONE,
                            backends(),
                            maybe(timeouts()),
                            maybe(retry())));
        }
        return new HttpRouteSpec(services(), rules);
    }

    private List<HttpRouteSpec.BackendRef> backends() {
        var backends = new ArrayList<HttpRouteSpec.BackendRef>();
        for (int i = random.nextInt(0, 3); i > 0; i--) {
            backends.add(
                    new HttpRouteSpec.BackendRef(
                            pickService(), maybe(pick(List.of(80, 81))), random.nextInt(3)));
        }
        return backends;
    }

    private TrafficPolicySpec trafficPolicy() {
        var targets = new ArrayList<TargetRef>();
        for (int i = random.nextInt(1, 3); i > 0; i--) {
            targets.add(
                    switch (random.nextInt(8)) {
                        case 0 -> new TargetRef.Mesh("default");
                        case 1, 2 -> new TargetRef.Route(routeId());
                        case 3 ->
                                new TargetRef.RouteRule(routeId(), "rule-" + random.nextInt(1, 4));
                        default -> new TargetRef.Service("default", pick(NAMES));
                    });
        }
        var blocks = new ArrayList<TrafficBlock>();
        maybe(timeouts()).ifPresent(blocks::add);
        maybe(retry()).ifPresent(blocks::add);
        if (targets.stream()
                .noneMatch(target ->
                        target instanceof TargetRef.Route
                                || target instanceof TargetRef.RouteRule)) {
            maybe(failover()).ifPresent(blocks::add);
            maybe(new CredentialPolicy("authorization", "", "/token", random.nextBoolean()))
                    .ifPresent(blocks::add);
        }
        return new TrafficPolicySpec(
                targets, random.nextInt(3) == 0 ? services() : List.of(), blocks);
    }

    private LocalityFailoverPolicy failover() {
        return new LocalityFailoverPolicy(
                random.nextBoolean(), List.of("us"), random.nextBoolean());
    }

    private PolicyId routeId() {
        return new PolicyId(
                random.nextInt(3) == 0 ? "GRPCRoute" : "HTTPRoute", "default", pick(NAMES));
    }

    private TimeoutsPolicy timeouts() {
        return new TimeoutsPolicy(
                Optional.of(Duration.ofSeconds(random.nextInt(1, 4))),
                Optional.empty(),
                Optional.empty());
    }

    private RetryPolicy retry() {
        return new RetryPolicy(
                random.nextInt(3),
                new TreeSet<>(List.of(503)),
                RetryPolicy.DEFAULT_ON,
                random.nextBoolean() ? RetryPolicy.IDEMPOTENT_METHODS : List.of(),
                Optional.empty(),
                Optional.empty(),
                random.nextBoolean(),
                true);
    }

    private SidecarSpec sidecar() {
        var inbound =
                random.nextBoolean()
                        ? List.of(new SidecarSpec.Inbound("app", "0.0.0.0", 15006, "127.0.0.1", 1))
                        : List.<SidecarSpec.Inbound>of();
        var listeners = new ArrayList<SidecarSpec.OutboundListener>();
        listeners.add(new SidecarSpec.OutboundListener("http", "127.0.0.1", 15001));
        if (random.nextInt(4) == 0) {
            listeners.add(new SidecarSpec.OutboundListener("more", "127.0.0.1", 15002));
        }
        var hosts =
                switch (random.nextInt(4)) {
                    case 0 -> List.of("*.local");
                    case 1 -> List.of(pick(NAMES) + "1.local", "*.test");
                    default -> List.<String>of();
                };
        return new SidecarSpec(
                new SidecarSpec.Selector(Optional.of("a"), Map.of()),
                pickService(),
                inbound,
                random.nextInt(8) == 0
                        ? Optional.empty()
                        : Optional.of(
                                new SidecarSpec.Outbound(
                                        listeners,
                                        hosts,
                                        pick(List.of(SidecarSpec.UnknownHosts.values())))),
                List.of(),
                maybe(locality()));
    }

    private XdsResourcesSpec raw() {
        var resources = new ArrayList<XdsResourcesSpec.RawResource>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            resources.add(
                    switch (random.nextInt(4)) {
                        case 0 -> cluster(pick(List.of("x", "y", "default/b/80")));
                        case 1 -> assignment("default/" + pick(NAMES) + "/80");
                        default -> assignment(pick(List.of("x", "y")));
                    });
        }
        return new XdsResourcesSpec(
                new SidecarSpec.Selector(Optional.of("a"), Map.of()), resources);
    }

    private XdsResourcesSpec.RawResource cluster(String name) {
        var type = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
        return new XdsResourcesSpec.RawResource(
                type,
                "{\"@type\":\""
                        + type
                        + "\",\"name\":\""
                        + name
                        + "\",\"type\":\"EDS\",\"edsClusterConfig\":{\"edsConfig\":{\"ads\":{}},"
                        + "\"serviceName\":\""
                        + pick(List.of("x", "y", "default/a/80"))
                        + "\"}}");
    }

    private XdsResourcesSpec.RawResource assignment(String name) {
        var type = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
        return new XdsResourcesSpec.RawResource(
                type,
                "{\"@type\":\""
                        + type
                        + "\",\"clusterName\":\""
                        + name
                        + "\",\"policy\":{\"overprovisioningFactor\":"
                        + random.nextInt(100, 103)
                        + "}}");
    }

    private List<ServiceRef> services() {
        return random.nextBoolean()
                ? List.of(pickService())
                : List.of(pickService(), pickService());
    }

    private ServiceRef pickService() {
        return new ServiceRef("default", pick(NAMES));
    }

    private <T> Optional<T> maybe(T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
