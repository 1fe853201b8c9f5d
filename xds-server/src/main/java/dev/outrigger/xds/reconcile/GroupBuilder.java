// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.xds.ir.Ir;
import dev.outrigger.xds.kind.xdsresources.RawResources;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.resolve.IrBuilder;
import dev.outrigger.xds.resolve.PolicyIndex;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.translate.ProxylessTranslator;
import dev.outrigger.xds.translate.XdsTranslator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The resources of a node group at one revision, built from scratch: what its Sidecars ask for and
 * what its XdsResources documents hold. What {@link DerivedResources} keeps up to date must equal
 * this, and when that does not hold together, the words for it come from here. Translates each
 * document once, however many groups share it. Confined to one thread.
 */
final class GroupBuilder {
    private final XdsTranslator translator;
    private final IrBuilder irBuilder;
    private final Map<PolicyId, Policy<SidecarSpec>> sidecars;
    private final Map<PolicyId, Policy<XdsResourcesSpec>> raw;
    private final Map<PolicyId, List<XdsResource>> translated = new HashMap<>();
    private final Map<PolicyId, List<XdsResource>> parsed = new HashMap<>();

    GroupBuilder(PolicySet policies, XdsTranslator translator) {
        this.translator = translator;
        irBuilder = new IrBuilder(PolicyIndex.of(policies));
        sidecars = byId(policies.all(SidecarSpec.class));
        raw = byId(policies.all(XdsResourcesSpec.class));
    }

    List<XdsResource> resources(NodeGroupKey group) {
        var resources = new ArrayList<XdsResource>();
        var assignments = assignments();
        for (PolicyId document : group.documents()) {
            var sidecar = sidecars.get(document);
            if (sidecar != null) {
                resources.addAll(
                        switch (group.client()) {
                            case PROXY ->
                                    translated.computeIfAbsent(
                                            document,
                                            _ ->
                                                    translator.translate(
                                                            irBuilder.build(sidecar), assignments));
                            case PROXYLESS -> proxyless(irBuilder.build(sidecar), assignments);
                        });
            }
            if (raw.containsKey(document)) {
                resources.addAll(parsed(document));
            }
        }
        return List.copyOf(new java.util.LinkedHashSet<>(resources));
    }

    private List<XdsResource> proxyless(Ir ir, Map<String, XdsResource> assignments) {
        return new ProxylessTranslator(translator)
                .translate(ir.sidecar(), ir.virtualHosts(), ir.clusters(), assignments::get);
    }

    /**
     * Endpoints that documents supply, of every document: a Service names them for all its callers.
     */
    private Map<String, XdsResource> assignments() {
        var assignments = new HashMap<String, XdsResource>();
        for (PolicyId document : raw.keySet()) {
            for (XdsResource resource : parsed(document)) {
                if (resource.type() == ResourceType.ENDPOINT) {
                    assignments.putIfAbsent(resource.name(), resource);
                }
            }
        }
        return assignments;
    }

    private List<XdsResource> parsed(PolicyId document) {
        return parsed.computeIfAbsent(
                document,
                id -> RawResources.read(java.util.Objects.requireNonNull(raw.get(id), "document")));
    }

    private static <P extends Policy<?>> Map<PolicyId, P> byId(List<P> policies) {
        return policies.stream()
                .collect(
                        Collectors.toMap(
                                Policy::id,
                                Function.identity(),
                                (first, _) -> first,
                                java.util.TreeMap::new));
    }
}
