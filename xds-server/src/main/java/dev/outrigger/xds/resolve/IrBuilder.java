// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resolve;

import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TrafficBlock;
import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.ir.EffectivePolicies.Effective;
import dev.outrigger.xds.ir.EffectivePolicies.Level;
import dev.outrigger.xds.ir.EffectivePolicies.Origin;
import dev.outrigger.xds.ir.Ir;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.ir.IrListener;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrRoute.IrBackend;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.resolve.PolicyPrecedence.Place;
import dev.outrigger.xds.resolve.PolicyPrecedence.RouteRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Builds the intermediate representation of one Sidecar from a policy set. Total: what cannot be
 * resolved was refused when it was written, or is caught by the reference check. Immutable after
 * construction, any thread.
 */
public final class IrBuilder {
    private static final int HTTP_PORT = 80;

    private final Map<ServiceRef, Policy<ServiceSpec>> services = new LinkedHashMap<>();
    private final Map<ServiceRef, List<Policy<HttpRouteSpec>>> routesByParent =
            new LinkedHashMap<>();
    private final List<Policy<TrafficPolicySpec>> trafficPolicies;

    public IrBuilder(PolicySet policies) {
        policies.all(ServiceSpec.class)
                .forEach(service -> services.put(ref(service.id()), service));
        for (Policy<HttpRouteSpec> route : policies.all(HttpRouteSpec.class)) {
            route.spec().parentRefs().stream()
                    .distinct()
                    .forEach(parent ->
                            routesByParent
                                    .computeIfAbsent(parent, _ -> new ArrayList<>())
                                    .add(route));
        }
        trafficPolicies = policies.all(TrafficPolicySpec.class);
    }

    public Ir build(Policy<SidecarSpec> sidecar) {
        var precedence = new PolicyPrecedence(trafficPolicies, sidecar.spec().service());
        var listeners = new ArrayList<IrListener>();
        var clusters = new ArrayList<IrCluster>();
        for (SidecarSpec.Inbound inbound : sidecar.spec().inbound()) {
            listeners.add(
                    new IrListener.Inbound(
                            inbound.name(), inbound.address(), inbound.listenPort()));
            clusters.add(
                    new IrCluster.Inbound(
                            inbound.name(),
                            inbound.appAddress(),
                            inbound.appPort(),
                            new TreeSet<>(List.of(sidecar.id()))));
        }
        List<IrVirtualHost> virtualHosts = List.of();
        if (sidecar.spec().outbound().isPresent()) {
            var outbound = sidecar.spec().outbound().get();
            outbound.listeners()
                    .forEach(listener ->
                            listeners.add(
                                    new IrListener.Outbound(
                                            listener.name(), listener.address(), listener.port())));
            virtualHosts = virtualHosts(new HostFilter(outbound.hosts()), precedence);
            clusters.addAll(outboundClusters(virtualHosts, precedence));
        }
        return new Ir(sidecar.id(), listeners, virtualHosts, clusters);
    }

    private List<IrVirtualHost> virtualHosts(HostFilter filter, PolicyPrecedence precedence) {
        var hosts = new ArrayList<IrVirtualHost>();
        for (Policy<ServiceSpec> service : services.values()) {
            var names = service.spec().hostnames().stream().filter(filter::accepts).toList();
            if (names.isEmpty()) {
                continue;
            }
            for (ServiceSpec.Port port : service.spec().ports()) {
                hosts.add(virtualHost(service, port, names, precedence));
            }
        }
        return hosts;
    }

    private IrVirtualHost virtualHost(
            Policy<ServiceSpec> service,
            ServiceSpec.Port port,
            List<String> names,
            PolicyPrecedence precedence) {
        var parent = ref(service.id());
        var servicePort = new IrServicePort(parent.namespace(), parent.name(), port.port());
        var provenance = new TreeSet<PolicyId>();
        provenance.add(service.id());
        var routes = new ArrayList<IrRoute>();
        var documents = routesByParent.getOrDefault(parent, List.of());
        for (Policy<HttpRouteSpec> document : documents) {
            provenance.add(document.id());
            for (HttpRouteSpec.Rule rule : document.spec().rules()) {
                routes.addAll(routes(parent, document, rule, precedence));
            }
        }
        // A service that a document routes is routed by it alone: what matches no rule gets 404
        // (Gateway API, GAMMA). Without a document everything goes to the service itself.
        if (documents.isEmpty()) {
            routes.add(
                    new IrRoute(
                            service.id().namespace() + "/" + service.id().name(),
                            HttpRouteSpec.Match.ANY,
                            List.of(new IrBackend(servicePort, 1)),
                            precedence.resolve(
                                    Place.of(parent), List.of(), TrafficBlock.Scope.ROUTE)));
        }
        routes.forEach(route -> provenance.addAll(origins(route.policies())));
        return new IrVirtualHost(
                servicePort, domains(service.spec(), port, names), routes, provenance);
    }

    /** One route per match, in the order of the document. */
    private List<IrRoute> routes(
            ServiceRef parent,
            Policy<HttpRouteSpec> document,
            HttpRouteSpec.Rule rule,
            PolicyPrecedence precedence) {
        var inlineOrigin = new Origin(Level.INLINE, Optional.of(document.id()));
        var inline = new ArrayList<Effective>();
        rule.timeouts().ifPresent(block -> inline.add(new Effective(block, inlineOrigin)));
        rule.retry().ifPresent(block -> inline.add(new Effective(block, inlineOrigin)));
        var place =
                new Place(
                        parent,
                        Optional.of(new RouteRef(document.id().namespace(), document.id().name())),
                        Optional.of(rule.name()));
        var policies = precedence.resolve(place, inline, TrafficBlock.Scope.ROUTE);
        var backends = rule.backendRefs().stream().map(this::backend).toList();
        var name = document.id().namespace() + "/" + document.id().name() + "/" + rule.name();
        return rule.matches().stream()
                .map(match -> new IrRoute(name, match, backends, policies))
                .toList();
    }

    private IrBackend backend(HttpRouteSpec.BackendRef backend) {
        var service = services.get(backend.service());
        // A service that does not exist keeps its name, so that the reference check can say it.
        int port =
                backend.port()
                        .orElseGet(() ->
                                service == null ? 0 : service.spec().ports().getFirst().port());
        return new IrBackend(
                new IrServicePort(backend.service().namespace(), backend.service().name(), port),
                backend.weight());
    }

    private static List<String> domains(
            ServiceSpec service, ServiceSpec.Port port, List<String> names) {
        boolean bare = port.equals(defaultPort(service));
        var domains = new ArrayList<String>();
        for (String name : names) {
            if (bare) {
                domains.add(name);
            }
            domains.add(name + ":" + port.port());
        }
        return domains;
    }

    /** The port of a Host header without one: HTTP's own, else the service's first. */
    private static ServiceSpec.Port defaultPort(ServiceSpec service) {
        return service.ports().stream()
                .filter(port -> port.port() == HTTP_PORT)
                .findFirst()
                .orElseGet(() -> service.ports().getFirst());
    }

    /** Clusters of all virtual hosts, and of backends that no visible host name leads to. */
    private Collection<IrCluster> outboundClusters(
            List<IrVirtualHost> virtualHosts, PolicyPrecedence precedence) {
        var byName = new TreeMap<String, IrCluster>();
        for (IrVirtualHost host : virtualHosts) {
            addCluster(byName, host.servicePort(), precedence);
            for (IrRoute route : host.routes()) {
                route.backends()
                        .forEach(backend -> addCluster(byName, backend.servicePort(), precedence));
            }
        }
        return byName.values();
    }

    private void addCluster(
            Map<String, IrCluster> byName, IrServicePort target, PolicyPrecedence precedence) {
        var service = services.get(new ServiceRef(target.namespace(), target.service()));
        if (service == null
                || service.spec().ports().stream()
                        .noneMatch(port -> port.port() == target.port())) {
            return; // The reference check names the route that asks for it.
        }
        byName.computeIfAbsent(
                target.namespace() + "/" + target.service() + "/" + target.port(),
                _ -> {
                    var policies =
                            precedence.resolve(
                                    Place.of(ref(service.id())),
                                    List.of(),
                                    TrafficBlock.Scope.CLUSTER);
                    var provenance = new TreeSet<>(origins(policies));
                    provenance.add(service.id());
                    return new IrCluster.Outbound(
                            target, service.spec().endpoints(), policies, provenance);
                });
    }

    private static SortedSet<PolicyId> origins(EffectivePolicies policies) {
        var documents = new TreeSet<PolicyId>();
        policies.byType()
                .values()
                .forEach(effective -> effective.origin().document().ifPresent(documents::add));
        return documents;
    }

    private static ServiceRef ref(PolicyId id) {
        return new ServiceRef(id.namespace(), id.name());
    }
}
