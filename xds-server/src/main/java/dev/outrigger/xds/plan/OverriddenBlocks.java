// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.policy.model.TrafficBlock.Scope;
import dev.outrigger.policy.plan.Overridden;
import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.ir.EffectivePolicies.Effective;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.resolve.Caller;
import dev.outrigger.xds.resolve.IrBuilder;
import dev.outrigger.xds.resolve.PolicyIndex;
import dev.outrigger.xds.resolve.PolicyPrecedence;
import dev.outrigger.xds.resolve.PolicyPrecedence.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Where the blocks of one traffic policy could hold, and others do. */
final class OverriddenBlocks {
    private final PolicySet policies;
    private final PolicyIndex index;
    private final IrBuilder builder;
    private final Policy<TrafficPolicySpec> policy;
    private final Set<Overridden> found = new LinkedHashSet<>();

    private OverriddenBlocks(PolicySet policies, Policy<TrafficPolicySpec> policy) {
        this.policies = policies;
        this.index = PolicyIndex.of(policies);
        this.builder = new IrBuilder(index);
        this.policy = policy;
    }

    static List<Overridden> of(PolicySet policies, PolicyId document) {
        return policies.find(document)
                .flatMap(found -> found.as(TrafficPolicySpec.class))
                .map(policy -> new OverriddenBlocks(policies, policy).find())
                .orElse(List.of());
    }

    private List<Overridden> find() {
        for (ServiceRef service : services()) {
            for (ServiceRef consumer : consumers(service)) {
                look(service, consumer);
                if (found.size() >= Overridden.MAX) {
                    return new ArrayList<>(found).subList(0, Overridden.MAX);
                }
            }
        }
        return List.copyOf(found);
    }

    /** Whose traffic its targets are about. */
    private Set<ServiceRef> services() {
        var services = new TreeSet<>(EffectiveDiff.ORDER);
        for (TargetRef target : policy.spec().targetRefs()) {
            switch (target) {
                case TargetRef.Mesh _ -> services.addAll(index.services());
                case TargetRef.Service(var namespace, var name) ->
                        services.add(new ServiceRef(namespace, name));
                case TargetRef.Route(var route) -> services.addAll(parents(route));
                case TargetRef.RouteRule(var route, _) -> services.addAll(parents(route));
            }
        }
        return services;
    }

    private List<ServiceRef> parents(PolicyId route) {
        return policies.find(route)
                .flatMap(document -> document.as(RouteSpec.class))
                .map(document -> document.spec().parentRefs())
                .orElse(List.of());
    }

    private Set<ServiceRef> consumers(ServiceRef service) {
        var consumers = new TreeSet<>(EffectiveDiff.ORDER);
        if (policy.spec().consumers().isEmpty()) {
            consumers.add(EffectiveDiff.ANYBODY);
            consumers.addAll(index.namedConsumers(service));
        } else {
            consumers.addAll(policy.spec().consumers());
        }
        return consumers;
    }

    private void look(ServiceRef service, ServiceRef consumer) {
        var document =
                policies.find(new PolicyId("Service", service.namespace(), service.name()))
                        .flatMap(one -> one.as(ServiceSpec.class));
        if (document.isEmpty()) {
            return;
        }
        // Alone, so that it cannot lose: what it would supply at a place.
        var alone = new PolicyPrecedence(List.of(policy), consumer);
        for (IrVirtualHost host :
                builder.virtualHosts(service, document.get().spec().hostnames(), consumer)) {
            for (IrRoute route : host.routes()) {
                var rule = route.document().map(_ -> Sources.rule(route.name()));
                var place = new Place(service, route.document(), rule);
                compare(
                        alone.resolve(place, List.of(), Scope.ROUTE),
                        route.policies(),
                        consumer,
                        route.name());
            }
        }
        for (IrServicePort port : EffectiveDiff.ports(document.get())) {
            builder.cluster(port, Caller.anywhere(consumer))
                    .ifPresent(cluster ->
                            compare(
                                    alone.resolve(Place.of(service), List.of(), Scope.CLUSTER),
                                    cluster.policies(),
                                    consumer,
                                    service + ":" + port.port()));
        }
    }

    private void compare(
            EffectivePolicies alone, EffectivePolicies held, ServiceRef consumer, String rule) {
        alone.byType().values().stream()
                .filter(this::isOurs)
                .sorted(Comparator.comparing(one -> one.block().blockName()))
                .forEach(one ->
                        Optional.ofNullable(held.byType().get(one.block().getClass()))
                                .filter(winner -> !isOurs(winner))
                                .ifPresent(winner -> note(consumer, rule, winner)));
    }

    /** What holds for everybody need not be said of each caller that some policy names. */
    private void note(ServiceRef consumer, String rule, Effective winner) {
        var source = Sources.of(winner, policies, Sources.rule(rule));
        String block = winner.block().blockName();
        if (!found.contains(
                new Overridden(EffectiveDiff.ANYBODY.toString(), rule, block, source))) {
            found.add(new Overridden(consumer.toString(), rule, block, source));
        }
    }

    private boolean isOurs(Effective effective) {
        return effective.origin().document().equals(Optional.of(policy.id()));
    }
}
