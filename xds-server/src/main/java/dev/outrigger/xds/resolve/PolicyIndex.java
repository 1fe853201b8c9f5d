// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.resolve;

import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TargetRef;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who depends on which document: services with their routes, the policies at each target, and who
 * sends to whom. Kept up to date change by change, so that one change costs what hangs on it.
 * Confined to one thread.
 */
public final class PolicyIndex {
    private final Map<ServiceRef, Policy<ServiceSpec>> services = new HashMap<>();
    private final Postings<ServiceRef, RouteSpec> routesByParent = new Postings<>();
    private final Map<PolicyId, Policy<RouteSpec>> routes = new HashMap<>();

    private final Postings<Mesh, TrafficPolicySpec> meshPolicies = new Postings<>();
    private final Postings<ServiceRef, TrafficPolicySpec> policiesByService = new Postings<>();
    private final Postings<PolicyId, TrafficPolicySpec> policiesByRoute = new Postings<>();

    /** Services with a route that sends to the key without saying to which port. */
    private final Postings<ServiceRef, RouteSpec> routesToDefaultPort = new Postings<>();

    private final Map<String, Set<ServiceRef>> servicesByEdsName = new HashMap<>();

    /** There is one mesh, whatever it is called. */
    private enum Mesh {
        THE_MESH
    }

    /** An index of a whole set. */
    public static PolicyIndex of(PolicySet policies) {
        var index = new PolicyIndex();
        index.apply(policies.changesSince(PolicySet.EMPTY));
        return index;
    }

    /** Takes changes in, and returns the services whose resolution they may alter. */
    public Set<ServiceRef> apply(Collection<PolicySet.Change> changes) {
        var affected = new HashSet<ServiceRef>();
        boolean everything = false;
        for (PolicySet.Change change : changes) {
            service(change, affected);
            route(change, affected);
        }
        // After all routes: a policy for a route concerns whatever the route hangs on now.
        for (PolicySet.Change change : changes) {
            everything |= trafficPolicy(change, affected);
        }
        if (everything) {
            affected.addAll(services.keySet());
        }
        return affected;
    }

    public Collection<ServiceRef> services() {
        return Collections.unmodifiableSet(services.keySet());
    }

    /** In the order in which their documents are. */
    List<ServiceRef> sortedServices() {
        return services.keySet().stream()
                .sorted(Comparator.comparing(ServiceRef::namespace).thenComparing(ServiceRef::name))
                .toList();
    }

    Optional<Policy<ServiceSpec>> service(ServiceRef service) {
        return Optional.ofNullable(services.get(service));
    }

    /** The documents that route a service, ordered by identity. */
    Collection<Policy<RouteSpec>> routes(ServiceRef parent) {
        return routesByParent.at(parent);
    }

    /** Services whose endpoints an EDS resource of that name supplies. */
    public Set<ServiceRef> servicesByEdsName(String name) {
        return servicesByEdsName.getOrDefault(name, Set.of());
    }

    /**
     * Every policy that has a say in a service, or in one of its routes, ordered by identity.
     *
     * @param route empty for the service as such
     */
    List<Policy<TrafficPolicySpec>> policies(ServiceRef service, Optional<PolicyId> route) {
        var found = new TreeMap<PolicyId, Policy<TrafficPolicySpec>>();
        meshPolicies.at(Mesh.THE_MESH).forEach(policy -> found.put(policy.id(), policy));
        policiesByService.at(service).forEach(policy -> found.put(policy.id(), policy));
        route.ifPresent(
                ref -> policiesByRoute.at(ref).forEach(policy -> found.put(policy.id(), policy)));
        return List.copyOf(found.values());
    }

    /** The callers that policies of the service or of its routes tell from others. */
    public Set<ServiceRef> namedConsumers(ServiceRef service) {
        var named = new HashSet<ServiceRef>();
        meshPolicies.at(Mesh.THE_MESH).forEach(policy -> named.addAll(policy.spec().consumers()));
        policiesByService.at(service).forEach(policy -> named.addAll(policy.spec().consumers()));
        for (Policy<RouteSpec> route : routes(service)) {
            policiesByRoute
                    .at(route.id())
                    .forEach(policy -> named.addAll(policy.spec().consumers()));
        }
        return named;
    }

    private void service(PolicySet.Change change, Set<ServiceRef> affected) {
        var before = of(change.before(), ServiceSpec.class);
        var after = of(change.after(), ServiceSpec.class);
        if (before.isEmpty() && after.isEmpty()) {
            return;
        }
        var service = new ServiceRef(change.id().namespace(), change.id().name());
        before.flatMap(policy -> edsName(policy.spec()))
                .ifPresent(name -> withoutEds(name, service));
        after.flatMap(policy -> edsName(policy.spec()))
                .ifPresent(name ->
                        servicesByEdsName.computeIfAbsent(name, _ -> new HashSet<>()).add(service));
        after.ifPresentOrElse(
                policy -> services.put(service, policy), () -> services.remove(service));
        affected.add(service);
        if (!before.map(policy -> policy.spec().ports())
                .equals(after.map(policy -> policy.spec().ports()))) {
            for (Policy<RouteSpec> route : routesToDefaultPort.at(service)) {
                affected.addAll(route.spec().parentRefs());
            }
        }
    }

    private void withoutEds(String name, ServiceRef service) {
        servicesByEdsName.computeIfPresent(
                name,
                (_, users) -> {
                    users.remove(service);
                    return users.isEmpty() ? null : users;
                });
    }

    private static Optional<String> edsName(ServiceSpec spec) {
        return switch (spec.endpoints()) {
            case ServiceSpec.Endpoints.Eds(var name) -> Optional.of(name);
            case ServiceSpec.Endpoints.Static _, ServiceSpec.Endpoints.Dns _ -> Optional.empty();
        };
    }

    private void route(PolicySet.Change change, Set<ServiceRef> affected) {
        of(change.before(), RouteSpec.class)
                .ifPresent(route -> {
                    affected.addAll(route.spec().parentRefs());
                    routesByParent.remove(route.spec().parentRefs(), route);
                    routesToDefaultPort.remove(withoutPort(route.spec()), route);
                    routes.remove(route.id());
                });
        of(change.after(), RouteSpec.class)
                .ifPresent(route -> {
                    affected.addAll(route.spec().parentRefs());
                    routesByParent.add(route.spec().parentRefs(), route);
                    routesToDefaultPort.add(withoutPort(route.spec()), route);
                    routes.put(route.id(), route);
                });
    }

    private static Set<ServiceRef> withoutPort(RouteSpec spec) {
        var targets = new HashSet<ServiceRef>();
        for (HttpRouteSpec.Rule rule : spec.rules()) {
            for (HttpRouteSpec.BackendRef backend : rule.backendRefs()) {
                if (backend.port().isEmpty()) {
                    targets.add(backend.service());
                }
            }
        }
        return targets;
    }

    /** Whether every service is affected. */
    private boolean trafficPolicy(PolicySet.Change change, Set<ServiceRef> affected) {
        boolean everything = false;
        for (var policy : of(change.before(), TrafficPolicySpec.class).stream().toList()) {
            for (TargetRef target : policy.spec().targetRefs()) {
                everything |= post(target, policy, affected, false);
            }
        }
        for (var policy : of(change.after(), TrafficPolicySpec.class).stream().toList()) {
            for (TargetRef target : policy.spec().targetRefs()) {
                everything |= post(target, policy, affected, true);
            }
        }
        return everything;
    }

    private boolean post(
            TargetRef target,
            Policy<TrafficPolicySpec> policy,
            Set<ServiceRef> affected,
            boolean add) {
        return switch (target) {
            case TargetRef.Mesh _ -> {
                meshPolicies.set(Mesh.THE_MESH, policy, add);
                yield true;
            }
            case TargetRef.Service(var namespace, var name) -> {
                var service = new ServiceRef(namespace, name);
                policiesByService.set(service, policy, add);
                affected.add(service);
                yield false;
            }
            case TargetRef.Route(var document) -> {
                postAtRoute(document, policy, affected, add);
                yield false;
            }
            case TargetRef.RouteRule(var document, _) -> {
                postAtRoute(document, policy, affected, add);
                yield false;
            }
        };
    }

    private void postAtRoute(
            PolicyId route,
            Policy<TrafficPolicySpec> policy,
            Set<ServiceRef> affected,
            boolean add) {
        policiesByRoute.set(route, policy, add);
        var document = routes.get(route);
        if (document != null) {
            affected.addAll(document.spec().parentRefs());
        }
    }

    private static <S extends PolicySpec> Optional<Policy<S>> of(
            Optional<Policy<?>> policy, Class<S> type) {
        return policy.flatMap(found -> found.as(type));
    }

    /** Documents by what they are posted at, ordered by identity. */
    private static final class Postings<K, S extends PolicySpec> {
        private final Map<K, TreeMap<PolicyId, Policy<S>>> byKey = new HashMap<>();

        Collection<Policy<S>> at(K key) {
            var posted = byKey.get(key);
            return posted == null ? List.of() : posted.values();
        }

        void add(Collection<K> keys, Policy<S> policy) {
            keys.forEach(key -> set(key, policy, true));
        }

        void remove(Collection<K> keys, Policy<S> policy) {
            keys.forEach(key -> set(key, policy, false));
        }

        void set(K key, Policy<S> policy, boolean present) {
            if (present) {
                byKey.computeIfAbsent(key, _ -> new TreeMap<>()).put(policy.id(), policy);
                return;
            }
            byKey.computeIfPresent(
                    key,
                    (_, posted) -> {
                        posted.remove(policy.id());
                        return posted.isEmpty() ? null : posted;
                    });
        }
    }
}
