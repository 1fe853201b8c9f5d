// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.plan.EffectiveChange;
import dev.outrigger.policy.plan.PlannedEffects;
import dev.outrigger.policy.plan.Source;
import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.ir.EffectivePolicies.Effective;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.resolve.Caller;
import dev.outrigger.xds.resolve.IrBuilder;
import dev.outrigger.xds.resolve.PolicyIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which blocks hold for whom before and after, for the services that a change concerns. */
final class EffectiveDiff {
    /** Whoever no policy names; no service can be called so. */
    static final ServiceRef ANYBODY = new ServiceRef(PolicyId.DEFAULT_NAMESPACE, "*");

    static final Comparator<ServiceRef> ORDER =
            Comparator.comparing(ServiceRef::namespace).thenComparing(ServiceRef::name);

    private final PolicySet before;
    private final PolicySet after;
    private final PolicyIndex indexBefore;
    private final PolicyIndex indexAfter;
    private final Set<ServiceRef> affected = new TreeSet<>(ORDER);
    private final List<EffectiveChange> changes = new ArrayList<>();

    EffectiveDiff(PolicySet before, PolicySet after) {
        this.before = before;
        this.after = after;
        indexBefore = PolicyIndex.of(before);
        indexAfter = PolicyIndex.of(before);
        affected.addAll(indexAfter.apply(after.changesSince(before)));
    }

    /** One more than are to be shown, if there are more. */
    List<EffectiveChange> changes() {
        for (ServiceRef service : affected) {
            var consumers = new TreeSet<>(ORDER);
            consumers.add(ANYBODY);
            consumers.addAll(indexBefore.namedConsumers(service));
            consumers.addAll(indexAfter.namedConsumers(service));
            for (ServiceRef consumer : consumers) {
                compare(service, consumer);
                if (changes.size() > PlannedEffects.MAX_CHANGES) {
                    return changes;
                }
            }
        }
        return changes;
    }

    /** What holds at a rule, by the name of the block. */
    private record Key(String rule, String block) {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::rule).thenComparing(Key::block);
    }

    private void compare(ServiceRef service, ServiceRef consumer) {
        var was = held(indexBefore, before, service, consumer);
        var is = held(indexAfter, after, service, consumer);
        var keys = new TreeSet<>(Key.ORDER);
        keys.addAll(was.keySet());
        keys.addAll(is.keySet());
        for (Key key : keys) {
            Effective one = was.get(key);
            Effective other = is.get(key);
            if (one == null || !one.equals(other)) {
                changes.add(
                        new EffectiveChange(
                                consumer.toString(),
                                service.toString(),
                                key.rule(),
                                key.block(),
                                source(one, before, key),
                                source(other, after, key)));
            }
        }
    }

    private static Optional<Source> source(
            @Nullable Effective effective, PolicySet policies, Key key) {
        return Optional.ofNullable(effective)
                .map(found -> Sources.of(found, policies, Sources.rule(key.rule())));
    }

    private static Map<Key, Effective> held(
            PolicyIndex index, PolicySet policies, ServiceRef service, ServiceRef consumer) {
        var held = new TreeMap<Key, Effective>(Key.ORDER);
        var document =
                policies.find(new PolicyId("Service", service.namespace(), service.name()))
                        .flatMap(policy -> policy.as(ServiceSpec.class));
        if (document.isEmpty()) {
            return held;
        }
        var builder = new IrBuilder(index);
        for (IrVirtualHost host :
                builder.virtualHosts(service, document.get().spec().hostnames(), consumer)) {
            for (IrRoute route : host.routes()) {
                put(held, route.name(), route.policies());
            }
        }
        ports(document.get())
                .forEach(port ->
                        builder.cluster(port, Caller.anywhere(consumer))
                                .ifPresent(cluster ->
                                        put(
                                                held,
                                                service + ":" + port.port(),
                                                cluster.policies())));
        return held;
    }

    static List<IrServicePort> ports(Policy<ServiceSpec> service) {
        return service.spec().ports().stream()
                .map(port ->
                        new IrServicePort(
                                service.id().namespace(), service.id().name(), port.port()))
                .toList();
    }

    private static void put(Map<Key, Effective> held, String rule, EffectivePolicies policies) {
        policies.byType()
                .values()
                .forEach(effective ->
                        held.put(new Key(rule, effective.block().blockName()), effective));
    }
}
