// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.policy.store.Decision;
import dev.outrigger.policy.store.PolicyWrite;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a role is good for. A document needs the role in its own namespace and in those of the
 * services whose traffic it changes; one for the whole mesh needs it everywhere; a Sidecar needs it
 * wherever another one may select the same proxies; raw Envoy resources can do anything, and need
 * {@link Role#ADMIN} everywhere.
 */
final class Permissions {
    private Permissions() {}

    static Problem.Raised forbidden(Caller caller, Role needed, String namespace) {
        String where =
                namespace.equals(Caller.EVERYWHERE) ? "everywhere" : "in namespace " + namespace;
        return Problem.of(
                        403,
                        "Not allowed",
                        caller.name() + " needs the role " + needed.word() + " " + where + ".")
                .raise();
    }

    /** A document in a namespace the caller may not look at does not exist for them. */
    static void requireVisible(Caller caller, PolicyId id) {
        if (!caller.may(Role.VIEWER, id.namespace())) {
            throw Problem.of(404, "Not found", id + " does not exist.").raise();
        }
    }

    /** The same write, refused if it would change what the caller may not change. */
    static PolicyWrite guard(PolicyWrite write, Caller caller) {
        if (caller.may(Role.ADMIN, Caller.EVERYWHERE)) {
            return write;
        }
        return current -> {
            Decision decision = write.decide(current);
            if (decision instanceof Decision.Commit(var changes, _)) {
                changes.forEach(change -> requireChange(caller, current, change));
            }
            return decision;
        };
    }

    private static void requireChange(Caller caller, DocumentSet current, Decision.Change change) {
        current.find(change.id()).ifPresent(before -> requireWrite(caller, current, before));
        switch (change) {
            case Decision.Change.Put(var document) -> requireWrite(caller, current, document);
            case Decision.Change.Delete _, Decision.Change.Keep _ -> {}
        }
    }

    private static void requireWrite(Caller caller, DocumentSet current, StoredDocument document) {
        PolicySpec spec = document.policy().spec();
        Role needed = spec instanceof XdsResourcesSpec ? Role.ADMIN : Role.EDITOR;
        for (String namespace : reach(document.id(), spec, current)) {
            if (!caller.may(needed, namespace)) {
                throw forbidden(caller, needed, namespace);
            }
        }
    }

    /** Whose traffic a document changes. */
    private static Set<String> reach(PolicyId id, PolicySpec spec, DocumentSet current) {
        var namespaces = new TreeSet<>(Set.of(id.namespace()));
        switch (spec) {
            case XdsResourcesSpec _ -> namespaces.add(Caller.EVERYWHERE);
            case RouteSpec route ->
                    route.parentRefs().stream().map(ServiceRef::namespace).forEach(namespaces::add);
            case TrafficPolicySpec policy ->
                    policy.targetRefs().forEach(target -> namespaces.add(namespace(target)));
            case SidecarSpec sidecar -> namespaces.addAll(proxiesOf(sidecar.selector(), current));
            default -> {}
        }
        return namespaces;
    }

    /**
     * Whose proxies a Sidecar may select: a proxy belongs to those whose Sidecars select it
     * already, and one that names no cluster may select anybody's.
     */
    private static Set<String> proxiesOf(SidecarSpec.Selector selector, DocumentSet current) {
        var namespaces = new TreeSet<String>();
        if (selector.cluster().isEmpty()) {
            namespaces.add(Caller.EVERYWHERE);
        }
        for (StoredDocument other : current.all()) {
            if (other.policy().spec() instanceof SidecarSpec sidecar
                    && selector.mayMeet(sidecar.selector())) {
                namespaces.add(other.id().namespace());
            }
        }
        return namespaces;
    }

    private static String namespace(TargetRef target) {
        return switch (target) {
            case TargetRef.Mesh _ -> Caller.EVERYWHERE;
            case TargetRef.Service(var namespace, _) -> namespace;
            case TargetRef.Route(var document) -> document.namespace();
            case TargetRef.RouteRule(var document, _) -> document.namespace();
        };
    }

    /** The namespaces a list may show: the one asked for, or all the caller may look at. */
    static boolean isListed(Caller caller, PolicyId id, Optional<String> asked) {
        return (asked.isEmpty() || asked.get().equals(id.namespace()))
                && caller.may(Role.VIEWER, id.namespace());
    }
}
