// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resolve;

import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.MatchOrder;
import dev.outrigger.policy.kind.httproute.RouteFilters;
import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.kind.localityfailover.LocalityFailoverPolicy;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
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
import dev.outrigger.xds.ir.IrRoute.IrMirror;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.resolve.PolicyPrecedence.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Builds the intermediate representation: of one service as one caller sees it, or of all that one
 * Sidecar asks for. Total: what cannot be resolved was refused when it was written, or is caught by
 * the reference check. Reads an index that others may change in between, and keeps nothing itself;
 * confined to the index's thread.
 */
public final class IrBuilder {
    private static final int HTTP_PORT = 80;

    /** Before the name of a rule for gRPC calls, as two kinds may have documents of one name. */
    private static final String GRPC = "grpc/";

    /** A route for gRPC calls takes nothing from the others, so that it may come first. */
    private static final Comparator<IrRoute> ROUTE_ORDER =
            Comparator.comparing((IrRoute route) -> !route.isGrpc())
                    .thenComparing((one, other) ->
                            (one.isGrpc() ? MatchOrder.GRPC : MatchOrder.HTTP)
                                    .compare(one.match(), other.match()));

    private final PolicyIndex index;

    public IrBuilder(PolicyIndex index) {
        this.index = index;
    }

    /** Everything at once, from scratch. */
    public Ir build(Policy<SidecarSpec> sidecar) {
        var consumer = sidecar.spec().service();
        var clusters = new ArrayList<>(ownClusters(sidecar));
        var virtualHosts = new ArrayList<IrVirtualHost>();
        if (sidecar.spec().outbound().isPresent()) {
            var filter = new HostFilter(sidecar.spec().outbound().get().hosts());
            for (ServiceRef service : index.sortedServices()) {
                virtualHosts.addAll(virtualHosts(service, visibleNames(service, filter), consumer));
            }
            clusters.addAll(outboundClusters(virtualHosts, Caller.of(sidecar.spec())));
        }
        return new Ir(sidecar.id(), listeners(sidecar), virtualHosts, clusters);
    }

    public static List<IrListener> listeners(Policy<SidecarSpec> sidecar) {
        var listeners = new ArrayList<IrListener>();
        for (SidecarSpec.Inbound inbound : sidecar.spec().inbound()) {
            listeners.add(
                    new IrListener.Inbound(
                            inbound.name(),
                            inbound.address(),
                            inbound.listenPort(),
                            sidecar.spec().accessLogs(),
                            inbound.maxConnections()));
        }
        sidecar.spec()
                .outbound()
                .ifPresent(outbound ->
                        outbound.listeners()
                                .forEach(listener ->
                                        listeners.add(
                                                new IrListener.Outbound(
                                                        listener.name(),
                                                        listener.address(),
                                                        listener.port(),
                                                        sidecar.spec().accessLogs(),
                                                        listener.maxConnections(),
                                                        outbound.unknownHosts()))));
        return listeners;
    }

    /** The clusters that depend on no service. */
    public static List<IrCluster> ownClusters(Policy<SidecarSpec> sidecar) {
        var clusters = new ArrayList<IrCluster>();
        var provenance = new TreeSet<>(List.of(sidecar.id()));
        for (SidecarSpec.Inbound inbound : sidecar.spec().inbound()) {
            clusters.add(
                    new IrCluster.Inbound(
                            inbound.name(),
                            inbound.appAddress(),
                            inbound.appPort(),
                            inbound.protocol(),
                            provenance));
        }
        sidecar.spec()
                .outbound()
                .filter(outbound -> outbound.unknownHosts() == SidecarSpec.UnknownHosts.PASSTHROUGH)
                .ifPresent(_ -> clusters.add(new IrCluster.Passthrough(provenance)));
        return clusters;
    }

    /** The names under which a service is called; none if there is no such service. */
    public List<String> visibleNames(ServiceRef service, HostFilter filter) {
        return index.service(service)
                .map(found -> found.spec().hostnames().stream().filter(filter::accepts).toList())
                .orElse(List.of());
    }

    /**
     * The virtual hosts of one service, one for each of its ports.
     *
     * @param names those it is called by; if none, there are no virtual hosts
     */
    public List<IrVirtualHost> virtualHosts(
            ServiceRef service, List<String> names, ServiceRef consumer) {
        var document = index.service(service);
        if (document.isEmpty() || names.isEmpty()) {
            return List.of();
        }
        return document.get().spec().ports().stream()
                .map(port -> virtualHost(document.get(), port, names, consumer))
                .toList();
    }

    /** The cluster of a service's port; empty if there is no such port. */
    public Optional<IrCluster.Outbound> cluster(IrServicePort target, Caller caller) {
        var ref = new ServiceRef(target.namespace(), target.service());
        var service = index.service(ref);
        var port =
                service.flatMap(found ->
                        found.spec().ports().stream()
                                .filter(one -> one.port() == target.port())
                                .findFirst());
        if (service.isEmpty() || port.isEmpty()) {
            return Optional.empty();
        }
        var policies =
                precedence(ref, Optional.empty(), caller.service())
                        .resolve(Place.of(ref), List.of(), TrafficBlock.Scope.CLUSTER);
        var provenance = new TreeSet<>(origins(policies));
        provenance.add(service.get().id());
        return Optional.of(
                new IrCluster.Outbound(
                        target,
                        port.get().protocol(),
                        endpoints(service.get().spec().endpoints(), policies, caller),
                        policies,
                        provenance));
    }

    /** Only fixed addresses say here where they are. */
    private static ServiceSpec.Endpoints endpoints(
            ServiceSpec.Endpoints endpoints, EffectivePolicies policies, Caller caller) {
        var failover = policies.find(LocalityFailoverPolicy.class);
        return failover.isPresent()
                        && endpoints instanceof ServiceSpec.Endpoints.Static(var addresses)
                ? new ServiceSpec.Endpoints.Static(
                        new LocalityFailover(failover.get(), caller.locality()).ranked(addresses))
                : endpoints;
    }

    private PolicyPrecedence precedence(
            ServiceRef service, Optional<PolicyId> route, ServiceRef consumer) {
        return new PolicyPrecedence(index.policies(service, route), consumer);
    }

    private IrVirtualHost virtualHost(
            Policy<ServiceSpec> service,
            ServiceSpec.Port port,
            List<String> names,
            ServiceRef consumer) {
        var parent = ref(service.id());
        var servicePort = new IrServicePort(parent.namespace(), parent.name(), port.port());
        var provenance = new TreeSet<PolicyId>();
        provenance.add(service.id());
        var routes = new ArrayList<IrRoute>();
        var documents = index.routes(parent);
        for (Policy<RouteSpec> document : documents) {
            provenance.add(document.id());
            var precedence = precedence(parent, Optional.of(document.id()), consumer);
            for (HttpRouteSpec.Rule rule : document.spec().rules()) {
                routes.addAll(routes(parent, document, rule, precedence));
            }
        }
        // Stable, as what is equally specific is in the order of the documents.
        routes.sort(ROUTE_ORDER);
        // A service that a document routes is routed by it alone: what matches no rule gets 404
        // (Gateway API, GAMMA). Without a document everything goes to the service itself.
        if (documents.isEmpty()) {
            routes.add(
                    new IrRoute(
                            service.id().namespace() + "/" + service.id().name(),
                            Optional.empty(),
                            HttpRouteSpec.Match.ANY,
                            RouteFilters.NONE,
                            List.of(new IrBackend(servicePort, 1)),
                            List.of(),
                            precedence(parent, Optional.empty(), consumer)
                                    .resolve(
                                            Place.of(parent),
                                            List.of(),
                                            TrafficBlock.Scope.ROUTE)));
        }
        routes.forEach(route -> provenance.addAll(origins(route.policies())));
        return new IrVirtualHost(
                servicePort, domains(service.spec(), port, names), routes, provenance);
    }

    /** One route per match. */
    private List<IrRoute> routes(
            ServiceRef parent,
            Policy<RouteSpec> document,
            HttpRouteSpec.Rule rule,
            PolicyPrecedence precedence) {
        var inlineOrigin = new Origin(Level.INLINE, Optional.of(document.id()));
        var inline = new ArrayList<Effective>();
        rule.timeouts().ifPresent(block -> inline.add(new Effective(block, inlineOrigin)));
        rule.retry().ifPresent(block -> inline.add(new Effective(block, inlineOrigin)));
        var place = new Place(parent, Optional.of(document.id()), Optional.of(rule.name()));
        var policies = precedence.resolve(place, inline, TrafficBlock.Scope.ROUTE);
        var backends = rule.backendRefs().stream().map(this::backend).toList();
        var mirrors =
                rule.filters().mirrors().stream()
                        .map(mirror ->
                                new IrMirror(
                                        backend(mirror.backend()).servicePort(), mirror.percent()))
                        .toList();
        var name = document.id().namespace() + "/" + document.id().name() + "/" + rule.name();
        return rule.matches().stream()
                .map(match ->
                        new IrRoute(
                                document.spec().isGrpc() ? GRPC + name : name,
                                Optional.of(document.id()),
                                match,
                                rule.filters(),
                                backends,
                                mirrors,
                                policies))
                .toList();
    }

    private IrBackend backend(HttpRouteSpec.BackendRef backend) {
        var service = index.service(backend.service());
        // A service that does not exist keeps its name, so that the reference check can say it.
        int port =
                backend.port()
                        .orElseGet(() ->
                                service.map(found -> found.spec().ports().getFirst().port())
                                        .orElse(0));
        return new IrBackend(
                new IrServicePort(backend.service().namespace(), backend.service().name(), port),
                backend.weight(),
                backend.request(),
                backend.response(),
                backend.rewrite());
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
            List<IrVirtualHost> virtualHosts, Caller caller) {
        var byName = new TreeMap<String, IrCluster>();
        for (IrVirtualHost host : virtualHosts) {
            addCluster(byName, host.servicePort(), caller);
            for (IrRoute route : host.routes()) {
                route.backends()
                        .forEach(backend -> addCluster(byName, backend.servicePort(), caller));
                route.mirrors().forEach(mirror -> addCluster(byName, mirror.servicePort(), caller));
            }
        }
        return byName.values();
    }

    private void addCluster(Map<String, IrCluster> byName, IrServicePort target, Caller caller) {
        var name = target.namespace() + "/" + target.service() + "/" + target.port();
        if (!byName.containsKey(name)) {
            // Without such a port, the reference check names the route that asks for it.
            cluster(target, caller).ifPresent(cluster -> byName.put(name, cluster));
        }
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
