// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.localityfailover.LocalityFailoverPolicy;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.SnapshotBuilder;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import dev.outrigger.xds.translate.ResourceNames;
import dev.outrigger.xds.translate.XdsTranslator;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Addresses of services that are newer than the translation: laid over its endpoints, so that hosts
 * that come and go never wait for routes. What comes of it is what a translation of the newer set
 * gives, version included. Immutable.
 *
 * @param services those whose addresses are not what they were
 * @param isAll whether the sets differ in nothing else
 */
record EndpointOverlay(List<Policy<ServiceSpec>> services, boolean isAll) {
    private static final XdsTranslator TRANSLATOR = new XdsTranslator();

    EndpointOverlay {
        services = List.copyOf(services);
    }

    /**
     * What to lay over the translation of one set for the sake of a newer one: the services that
     * both have, with the same ports and names but other fixed addresses.
     */
    static EndpointOverlay of(PolicySet translated, PolicySet newest) {
        var services = new ArrayList<Policy<ServiceSpec>>();
        boolean all = true;
        for (PolicySet.Change change : newest.changesSince(translated)) {
            var before = change.before().flatMap(policy -> policy.as(ServiceSpec.class));
            var after = change.after().flatMap(policy -> policy.as(ServiceSpec.class));
            if (before.isPresent()
                    && after.isPresent()
                    && differInAddressesOnly(before.get().spec(), after.get().spec())
                    && !isRanked(after.get().id(), newest)) {
                services.add(after.get());
            } else {
                all &= DerivedResources.isSameContent(change);
            }
        }
        return new EndpointOverlay(services, all);
    }

    /** Whether callers see its endpoints each in their own order, which only they can tell. */
    private static boolean isRanked(PolicyId service, PolicySet policies) {
        for (Policy<?> policy : policies.all()) {
            if (policy.spec() instanceof TrafficPolicySpec spec
                    && spec.block(LocalityFailoverPolicy.class).isPresent()
                    && spec.targetRefs().stream().anyMatch(target -> concerns(target, service))) {
                return true;
            }
        }
        return false;
    }

    private static boolean concerns(TargetRef target, PolicyId service) {
        return switch (target) {
            case TargetRef.Mesh _ -> true;
            case TargetRef.Service(var namespace, var name) ->
                    service.namespace().equals(namespace) && service.name().equals(name);
            case TargetRef.Route _, TargetRef.RouteRule _ -> false;
        };
    }

    private static boolean differInAddressesOnly(ServiceSpec before, ServiceSpec after) {
        return before.endpoints() instanceof ServiceSpec.Endpoints.Static
                && after.endpoints() instanceof ServiceSpec.Endpoints.Static
                && !before.endpoints().equals(after.endpoints())
                && before.equals(
                        new ServiceSpec(after.hostnames(), after.ports(), before.endpoints()));
    }

    boolean isEmpty() {
        return services.isEmpty();
    }

    /** The resources with the addresses put in; the same map if it has none of the services. */
    Map<ResourceType, TypeResources> over(Map<ResourceType, TypeResources> types) {
        var before = types.getOrDefault(ResourceType.ENDPOINT, TypeResources.EMPTY);
        var clusters = types.getOrDefault(ResourceType.CLUSTER, TypeResources.EMPTY);
        var after = before;
        for (Policy<ServiceSpec> service : services) {
            for (ServiceSpec.Port port : service.spec().ports()) {
                var target =
                        new IrServicePort(
                                service.id().namespace(), service.id().name(), port.port());
                var name = ResourceNames.cluster(target);
                var endpoints = before.get(name);
                var cluster = clusters.get(name);
                // A raw document may have something of that name.
                if (endpoints != null
                        && cluster != null
                        && endpoints.provenance().contains(service.id())) {
                    after = after.with(assignment(service, target, endpoints, cluster));
                }
            }
        }
        if (after.equals(before)) {
            return types;
        }
        var changed = new EnumMap<ResourceType, TypeResources>(types);
        changed.put(ResourceType.ENDPOINT, after);
        return changed;
    }

    private static VersionedResource assignment(
            Policy<ServiceSpec> service,
            IrServicePort target,
            VersionedResource before,
            VersionedResource cluster) {
        var outbound =
                new IrCluster.Outbound(
                        target,
                        ServiceSpec.Protocol.HTTP, // Endpoints do not depend on it.
                        service.spec().endpoints(),
                        EffectivePolicies.NONE,
                        before.provenance());
        return SnapshotBuilder.version(
                TRANSLATOR.assignment(outbound, _ -> null).orElseThrow(),
                Optional.of(cluster.version()));
    }
}
