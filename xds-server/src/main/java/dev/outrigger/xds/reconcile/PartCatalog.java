// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.service.ServiceSpec.Locality;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.resolve.Caller;
import dev.outrigger.xds.resolve.HostFilter;
import dev.outrigger.xds.resolve.IrBuilder;
import dev.outrigger.xds.resolve.PolicyIndex;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.SnapshotBuilder;
import dev.outrigger.xds.translate.ProxylessTranslator;
import dev.outrigger.xds.translate.XdsTranslator;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What each service comes to, made once for all sidecars that see it alike: callers that no policy
 * of the service names cannot be told apart. Confined to the reconciler's thread.
 */
final class PartCatalog {
    private final PolicyIndex index;
    private final IrBuilder ir;
    private final XdsTranslator translator;
    private final ProxylessTranslator proxyless;
    private final Function<String, @Nullable XdsResource> assignments;
    private final Map<ServiceRef, Parts> byService = new HashMap<>();

    /**
     * @param assignments endpoints supplied by documents, by EDS resource name
     */
    PartCatalog(
            PolicyIndex index,
            XdsTranslator translator,
            Function<String, @Nullable XdsResource> assignments) {
        this.index = index;
        this.ir = new IrBuilder(index);
        this.translator = translator;
        this.proxyless = new ProxylessTranslator(translator);
        this.assignments = assignments;
    }

    XdsTranslator translator() {
        return translator;
    }

    ProxylessTranslator proxyless() {
        return proxyless;
    }

    /** The service as a client without a proxy sees it; not kept. */
    List<IrVirtualHost> virtualHosts(ServiceRef service, HostFilter filter, ServiceRef consumer) {
        return ir.virtualHosts(service, ir.visibleNames(service, filter), consumer);
    }

    /** A service's port as a client without a proxy sees it; empty if there is none. */
    Optional<IrCluster.Outbound> outbound(IrServicePort target, Caller caller) {
        return ir.cluster(target, caller);
    }

    Optional<XdsResource> proxylessAssignment(IrCluster.Outbound cluster) {
        return proxyless.assignment(cluster, assignments);
    }

    /** All services there are. */
    Collection<ServiceRef> services() {
        return index.services();
    }

    /** Forgets what was made of services that something changed for. */
    void invalidate(Set<ServiceRef> services) {
        byService.keySet().removeAll(services);
    }

    /** The service's virtual hosts; null if it has none that the filter accepts. */
    @Nullable HostsPart hosts(ServiceRef service, HostFilter filter, ServiceRef consumer) {
        var names = ir.visibleNames(service, filter);
        if (names.isEmpty()) {
            return null;
        }
        var parts = parts(service);
        return parts.hosts.computeIfAbsent(
                new HostsKey(names, parts.told(consumer)),
                _ -> HostsPart.of(ir.virtualHosts(service, names, consumer), translator));
    }

    /** The cluster of a service's port; null if there is no such port. */
    @Nullable ClusterPart cluster(IrServicePort target, Caller caller) {
        var service = new ServiceRef(target.namespace(), target.service());
        if (!index.services().contains(service)) {
            return null;
        }
        var parts = parts(service);
        return parts.clusters
                .computeIfAbsent(
                        new ClusterKey(
                                target.port(), parts.told(caller.service()), caller.locality()),
                        _ -> ir.cluster(target, caller).map(this::translate))
                .orElse(null);
    }

    private ClusterPart translate(IrCluster.Outbound outbound) {
        var cluster = SnapshotBuilder.version(translator.cluster(outbound), Optional.empty());
        return new ClusterPart(
                cluster,
                translator
                        .assignment(outbound, assignments)
                        .map(endpoints ->
                                SnapshotBuilder.version(endpoints, Optional.of(cluster.version()))),
                translator
                        .secret(outbound)
                        .map(secret -> SnapshotBuilder.version(secret, Optional.empty())));
    }

    private Parts parts(ServiceRef service) {
        return byService.computeIfAbsent(service, key -> new Parts(index.namedConsumers(key)));
    }

    /** What was made of one service, for each way in which it is seen. */
    private static final class Parts {
        private final Set<ServiceRef> named;
        private final Map<HostsKey, HostsPart> hosts = new HashMap<>();
        private final Map<ClusterKey, Optional<ClusterPart>> clusters = new HashMap<>();

        Parts(Set<ServiceRef> named) {
            this.named = named;
        }

        /** The caller, if policies tell it from others. */
        Optional<ServiceRef> told(ServiceRef consumer) {
            return named.contains(consumer) ? Optional.of(consumer) : Optional.empty();
        }
    }

    private record HostsKey(List<String> names, Optional<ServiceRef> consumer) {}

    private record ClusterKey(
            int port, Optional<ServiceRef> consumer, Optional<Locality> locality) {}
}
