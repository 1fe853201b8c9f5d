// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.NearestName;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.Reference;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.StoredDocument;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every document that is referred to exists, with the port or the rule that is named. */
final class ReferenceCheck {
    private final Map<String, PolicyKind<?>> kinds = new HashMap<>();

    ReferenceCheck(List<PolicyKind<?>> kinds) {
        kinds.forEach(kind -> this.kinds.put(kind.kind(), kind));
    }

    /** What is wrong with the references of some documents. */
    List<Finding> findings(DocumentSet set, Collection<Policy<?>> of) {
        var findings = new ArrayList<Finding>();
        for (Policy<?> policy : of) {
            for (Reference reference : references(policy)) {
                check(policy.id(), reference, set).ifPresent(findings::add);
            }
        }
        return findings;
    }

    List<Reference> references(Policy<?> policy) {
        PolicyKind<?> kind = kinds.get(policy.id().kind());
        return kind == null ? List.of() : references(kind, policy.spec());
    }

    private static <S extends PolicySpec> List<Reference> references(
            PolicyKind<S> kind, PolicySpec spec) {
        return kind.references(kind.specType().cast(spec));
    }

    private static Optional<Finding> check(PolicyId owner, Reference reference, DocumentSet set) {
        var target = set.find(reference.target());
        if (target.isEmpty() && reference instanceof Reference.ToGrpc) {
            return Optional.empty(); // That it is missing, another reference says.
        }
        if (target.isEmpty()) {
            boolean isKnownCaller =
                    reference instanceof Reference.ToConsumer
                            && isCaller(reference.target(), set.policies());
            return isKnownCaller ? Optional.empty() : Optional.of(missing(owner, reference, set));
        }
        PolicySpec spec = target.get().policy().spec();
        return switch (reference) {
            case Reference.ToDocument _, Reference.ToConsumer _ -> Optional.empty();
            case Reference.ToPort(var path, var id, var port, var forGrpc) ->
                    spec instanceof ServiceSpec service
                            ? checkPort(owner, path, id, port, service)
                                    .or(() ->
                                            forGrpc
                                                    ? checkProtocol(
                                                            owner,
                                                            path.child(
                                                                    port.isPresent()
                                                                            ? "port"
                                                                            : "name"),
                                                            id,
                                                            ports(service, port))
                                                    : Optional.empty())
                            : Optional.empty();
            case Reference.ToGrpc(var path, var id) ->
                    spec instanceof ServiceSpec service
                            ? checkProtocol(owner, path, id, service.ports())
                            : Optional.empty();
            case Reference.ToRule(var path, var id, var rule) ->
                    spec instanceof RouteSpec route
                            ? checkRule(owner, path, id, rule, route)
                            : Optional.empty();
        };
    }

    private static boolean isCaller(PolicyId service, PolicySet policies) {
        var caller = new ServiceRef(service.namespace(), service.name());
        return policies.all(SidecarSpec.class).stream()
                .anyMatch(sidecar -> sidecar.spec().service().equals(caller));
    }

    private static Finding missing(PolicyId owner, Reference reference, DocumentSet set) {
        PolicyId target = reference.target();
        var names =
                set.all().stream()
                        .map(StoredDocument::id)
                        .filter(id -> id.kind().equals(target.kind()))
                        .filter(id -> id.namespace().equals(target.namespace()))
                        .map(PolicyId::name)
                        .toList();
        String also =
                reference instanceof Reference.ToConsumer
                        ? ", and no Sidecar says that it is this service's"
                        : "";
        return new Finding(
                owner,
                reference.path().child("name"),
                ViolationCode.DANGLING_REFERENCE,
                target,
                target + " does not exist" + also + "." + NearestName.hint(target.name(), names));
    }

    private static Optional<Finding> checkPort(
            PolicyId owner,
            FieldPath path,
            PolicyId id,
            Optional<Integer> port,
            ServiceSpec service) {
        var ports = service.ports().stream().map(ServiceSpec.Port::port).toList();
        if (port.isPresent() ? ports.contains(port.get()) : ports.size() == 1) {
            return Optional.empty();
        }
        String detail =
                port.map(number -> id + " has no port " + number + " (expected: " + ports + ").")
                        .orElseGet(() -> id + " has several ports: name one of " + ports + ".");
        return Optional.of(
                new Finding(
                        owner, path.child("port"), ViolationCode.DANGLING_REFERENCE, id, detail));
    }

    private static List<ServiceSpec.Port> ports(ServiceSpec service, Optional<Integer> named) {
        return service.ports().stream()
                .filter(port -> named.isEmpty() || named.get() == port.port())
                .toList();
    }

    /** gRPC is HTTP/2 and nothing else; what such a port speaks is said in the Service. */
    private static Optional<Finding> checkProtocol(
            PolicyId owner, FieldPath path, PolicyId id, List<ServiceSpec.Port> ports) {
        return ports.stream()
                .filter(one -> !one.protocol().isHttp2())
                .map(one ->
                        new Finding(
                                owner,
                                path,
                                ViolationCode.DANGLING_REFERENCE,
                                id,
                                "Port "
                                        + one.port()
                                        + " of "
                                        + id
                                        + " speaks "
                                        + one.protocol()
                                        + ", and gRPC needs HTTP/2 (expected: a port with protocol"
                                        + " GRPC or HTTP2)."))
                .findFirst();
    }

    private static Optional<Finding> checkRule(
            PolicyId owner, FieldPath path, PolicyId id, String rule, RouteSpec route) {
        var names = route.rules().stream().map(HttpRouteSpec.Rule::name).toList();
        if (names.contains(rule)) {
            return Optional.empty();
        }
        return Optional.of(
                new Finding(
                        owner,
                        path.child("sectionName"),
                        ViolationCode.DANGLING_REFERENCE,
                        id,
                        id
                                + " has no rule named "
                                + Quoted.of(rule)
                                + " (expected: one of "
                                + String.join(", ", names)
                                + ")."
                                + NearestName.hint(rule, names)));
    }
}
