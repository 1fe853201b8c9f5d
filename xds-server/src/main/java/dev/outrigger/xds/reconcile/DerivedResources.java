// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.xds.node.ClientKind;
import dev.outrigger.xds.resolve.PolicyIndex;
import dev.outrigger.xds.translate.XdsTranslator;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is derived from the newest policies, kept up to date in proportion to what
 * changes: documents → services they have a say in → those services' parts → the resources these
 * parts are in. A Sidecar is derived when a group first asks for it.
 *
 * <p>Always equal to what a fresh one would derive, and to what {@link GroupBuilder} builds from
 * scratch. Confined to the reconciler's thread.
 */
final class DerivedResources {
    private static final Logger log = LoggerFactory.getLogger(DerivedResources.class);

    private final PolicyIndex index = new PolicyIndex();
    private final RawDocuments raw = new RawDocuments();
    private final PartCatalog catalog;
    private final RouteBytes routeBytes = new RouteBytes();
    private final Map<PolicyId, SidecarResources> sidecars = new HashMap<>();

    /** The same documents for clients without a proxy. */
    private final Map<PolicyId, ProxylessResources> proxyless = new HashMap<>();

    private PolicySet policies = PolicySet.EMPTY;

    DerivedResources(XdsTranslator translator) {
        catalog = new PartCatalog(index, translator, raw::assignment);
    }

    PolicySet policies() {
        return policies;
    }

    /** Takes a set in. */
    void apply(PolicySet newest) {
        var changes =
                newest.changesSince(policies).stream()
                        .filter(change -> !isSameContent(change))
                        .toList();
        policies = newest;
        var services = affected(changes);
        catalog.invalidate(services);
        for (PolicySet.Change change : changes) {
            sidecars.remove(change.id());
            proxyless.remove(change.id());
        }
        for (PolicyId document : List.copyOf(proxyless.keySet())) {
            updateProxyless(document, services);
        }
        for (PolicyId document : List.copyOf(sidecars.keySet())) {
            update(document, services);
        }
    }

    /** A document that says what it said, as after a rollback. */
    static boolean isSameContent(PolicySet.Change change) {
        return change.before()
                .<PolicySpec>map(Policy::spec)
                .equals(change.after().<PolicySpec>map(Policy::spec));
    }

    private Set<ServiceRef> affected(Collection<PolicySet.Change> changes) {
        var services = new HashSet<>(index.apply(changes));
        for (String name : raw.apply(changes)) {
            services.addAll(index.servicesByEdsName(name));
        }
        return services;
    }

    private void update(PolicyId document, Set<ServiceRef> services) {
        var sidecar = sidecars.get(document);
        if (sidecar == null) {
            return;
        }
        try {
            sidecar.update(services);
        } catch (RuntimeException bug) {
            // Half of it may be new: it is derived from scratch when it is asked for again.
            sidecars.remove(document);
            log.error("translation failed document={}", document, bug);
        }
    }

    private void updateProxyless(PolicyId document, Set<ServiceRef> services) {
        var resources = proxyless.get(document);
        if (resources == null) {
            return;
        }
        try {
            resources.update(services);
        } catch (RuntimeException bug) {
            proxyless.remove(document);
            log.error("translation failed document={}", document, bug);
        }
    }

    /**
     * What a document that selects proxies gives them; null if there is none, or if it cannot be
     * read.
     *
     * @throws RuntimeException if it cannot be translated, which is a bug
     */
    @Nullable DocumentResources document(PolicyId id, ClientKind client) {
        var rawDocument = raw.find(id);
        if (rawDocument != null) {
            return rawDocument;
        }
        var known =
                switch (client) {
                    case PROXY -> sidecars.get(id);
                    case PROXYLESS -> proxyless.get(id);
                };
        if (known != null) {
            return known;
        }
        var document = policies.find(id).flatMap(policy -> policy.as(SidecarSpec.class));
        if (document.isEmpty()) {
            return null;
        }
        return switch (client) {
            case PROXY -> {
                var derived = new SidecarResources(document.get(), catalog, routeBytes);
                sidecars.put(id, derived);
                yield derived;
            }
            case PROXYLESS -> {
                var derived = new ProxylessResources(document.get(), catalog);
                proxyless.put(id, derived);
                yield derived;
            }
        };
    }

    /** Keeps up to date only what somebody uses. */
    void retain(Set<PolicyId> documents) {
        sidecars.keySet().retainAll(documents);
        proxyless.keySet().retainAll(documents);
    }
}
