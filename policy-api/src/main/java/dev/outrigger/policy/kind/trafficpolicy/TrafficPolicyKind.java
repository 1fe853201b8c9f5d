// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.trafficpolicy;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.field.Refs;
import dev.outrigger.policy.kind.grpcroute.GrpcRouteKind;
import dev.outrigger.policy.kind.healthcheck.HealthCheckPolicy;
import dev.outrigger.policy.kind.httproute.HttpRouteKind;
import dev.outrigger.policy.model.BlockKind;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.Reference;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.policy.model.TrafficBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads TrafficPolicy.
 *
 * <ul>
 *   <li>{@code targetRefs}: 1..16 of {@code kind} (Mesh, Service, HTTPRoute, GRPCRoute), {@code
 *       name}, {@code namespace} and, for a route, {@code sectionName}
 *   <li>{@code consumers}: 1..64 services; left out for every caller
 *   <li>at least one block; cluster-scoped blocks only where every target is a Mesh or a Service
 * </ul>
 */
public final class TrafficPolicyKind implements PolicyKind<TrafficPolicySpec> {
    public static final String KIND = "TrafficPolicy";

    /** The one mesh there is; a name for it leaves room for more. */
    public static final String MESH = "default";

    private static final List<String> ROUTES = List.of(HttpRouteKind.KIND, GrpcRouteKind.KIND);

    private static final Map<String, String> TARGETS =
            Map.of(
                    "Mesh",
                    "Mesh",
                    Refs.SERVICE,
                    Refs.SERVICE,
                    HttpRouteKind.KIND,
                    HttpRouteKind.KIND,
                    GrpcRouteKind.KIND,
                    GrpcRouteKind.KIND);

    private final List<BlockKind<?>> blockKinds;
    private final List<String> fields;

    /** Takes the blocks this kind knows, in the order in which they are read. */
    public TrafficPolicyKind(List<BlockKind<?>> blockKinds) {
        this.blockKinds = List.copyOf(blockKinds);
        var known = new ArrayList<>(List.of("targetRefs", "consumers"));
        blockKinds.forEach(kind -> known.add(kind.blockName()));
        this.fields = List.copyOf(known);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String plural() {
        return "trafficpolicies";
    }

    @Override
    public Class<TrafficPolicySpec> specType() {
        return TrafficPolicySpec.class;
    }

    @Override
    public Optional<TrafficPolicySpec> read(DocumentNode spec, PolicyId id) {
        var mark = spec.violations().mark();
        if (!spec.objectOf(fields)) {
            return Optional.empty();
        }
        List<TargetRef> targets = readTargets(spec.field("targetRefs").required(), id);
        DocumentNode consumersNode = spec.field("consumers");
        List<ServiceRef> consumers =
                consumersNode.isPresent() ? Refs.services(consumersNode, id, 1, 64) : List.of();
        var blocks = new ArrayList<TrafficBlock>();
        boolean hasBlock = false;
        for (BlockKind<?> kind : blockKinds) {
            DocumentNode node = spec.field(kind.blockName());
            if (node.isPresent()) {
                hasBlock = true;
                kind.read(node)
                        .ifPresent(block -> {
                            checkScope(block, node, targets, consumers);
                            checkGrpc(block, node, targets);
                            blocks.add(block);
                        });
            }
        }
        if (!hasBlock) {
            spec.violate(
                    ViolationCode.MISSING_FIELD,
                    "Sets nothing (expected: at least one of "
                            + String.join(
                                    ", ", blockKinds.stream().map(BlockKind::blockName).toList())
                            + ").");
        }
        return mark.ifClean(() -> new TrafficPolicySpec(targets, consumers, blocks));
    }

    @Override
    public List<Reference> references(TrafficPolicySpec spec) {
        var references = new ArrayList<Reference>();
        FieldPath targets = FieldPath.of("spec", "targetRefs");
        for (int i = 0; i < spec.targetRefs().size(); i++) {
            FieldPath path = targets.child(i);
            switch (spec.targetRefs().get(i)) {
                case TargetRef.Mesh _ -> {}
                case TargetRef.Service(var namespace, var name) -> {
                    var service = new PolicyId(Refs.SERVICE, namespace, name);
                    references.add(new Reference.ToDocument(path, service));
                    if (asksByGrpc(spec.block(HealthCheckPolicy.class))) {
                        references.add(
                                new Reference.ToGrpc(
                                        FieldPath.of("spec", "healthCheck", "grpc"), service));
                    }
                }
                case TargetRef.Route(var document) ->
                        references.add(new Reference.ToDocument(path, document));
                case TargetRef.RouteRule(var document, var rule) ->
                        references.add(new Reference.ToRule(path, document, rule));
            }
        }
        for (int i = 0; i < spec.consumers().size(); i++) {
            references.add(
                    new Reference.ToConsumer(
                            FieldPath.of("spec", "consumers", i),
                            Refs.id(spec.consumers().get(i))));
        }
        return references;
    }

    private static List<TargetRef> readTargets(DocumentNode list, PolicyId owner) {
        var targets = new ArrayList<TargetRef>();
        for (DocumentNode item : list.items(1, 16)) {
            readTarget(item, owner)
                    .ifPresent(target -> {
                        if (targets.contains(target)) {
                            item.violate(ViolationCode.DUPLICATE, "This target is named twice.");
                        }
                        targets.add(target);
                    });
        }
        return targets;
    }

    private static Optional<TargetRef> readTarget(DocumentNode node, PolicyId owner) {
        if (!node.objectOf(List.of("kind", "name", "namespace", "sectionName"))) {
            return Optional.empty();
        }
        var kind = node.field("kind").required().oneOf(TARGETS);
        DocumentNode nameNode = node.field("name").required();
        var name = Names.label(nameNode);
        String namespace = Refs.namespace(node, owner);
        DocumentNode sectionNode = node.field("sectionName");
        var section = Names.label(sectionNode);
        if (kind.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        boolean isRoute = ROUTES.contains(kind.get());
        if (sectionNode.isPresent() && !isRoute) {
            sectionNode.violate(
                    ViolationCode.INCONSISTENT, "Only a route has sections: its rules.");
        }
        return switch (kind.get()) {
            case "Mesh" -> mesh(node, nameNode, name.get());
            case Refs.SERVICE -> Optional.of(new TargetRef.Service(namespace, name.get()));
            case String routeKind -> {
                var document = new PolicyId(routeKind, namespace, name.get());
                yield Optional.of(
                        section.<TargetRef>map(rule -> new TargetRef.RouteRule(document, rule))
                                .orElseGet(() -> new TargetRef.Route(document)));
            }
        };
    }

    private static Optional<TargetRef> mesh(DocumentNode node, DocumentNode nameNode, String name) {
        if (!name.equals(MESH)) {
            nameNode.violate(
                    ViolationCode.BAD_VALUE, "There is one mesh only (expected: " + MESH + ").");
        }
        if (node.field("namespace").isPresent()) {
            node.field("namespace")
                    .violate(ViolationCode.INCONSISTENT, "A mesh is in no namespace.");
        }
        return Optional.of(new TargetRef.Mesh(name));
    }

    private static boolean asksByGrpc(Optional<HealthCheckPolicy> policy) {
        return policy.map(HealthCheckPolicy::check)
                .filter(HealthCheckPolicy.Check.Grpc.class::isInstance)
                .isPresent();
    }

    /** Envoy refuses a cluster that is asked by gRPC and does not speak HTTP/2. */
    private static void checkGrpc(TrafficBlock block, DocumentNode node, List<TargetRef> targets) {
        if (block instanceof HealthCheckPolicy policy
                && asksByGrpc(Optional.of(policy))
                && targets.stream().anyMatch(TargetRef.Mesh.class::isInstance)) {
            node.field("grpc")
                    .violate(
                            ViolationCode.INCONSISTENT,
                            "Not every service of a mesh speaks gRPC (expected: targets of kind"
                                    + " Service).");
        }
    }

    /** A cluster is shared by routes: a setting of one would leak into the others. */
    private static void checkScope(
            TrafficBlock block,
            DocumentNode node,
            List<TargetRef> targets,
            List<ServiceRef> consumers) {
        switch (block.scope()) {
            case ROUTE -> {}
            case CLUSTER -> {
                boolean onRoute =
                        targets.stream()
                                .anyMatch(target ->
                                        target instanceof TargetRef.Route
                                                || target instanceof TargetRef.RouteRule);
                if (onRoute) {
                    node.violate(
                            ViolationCode.INCONSISTENT,
                            "'"
                                    + block.blockName()
                                    + "' acts on all requests to a service and cannot be set for a"
                                    + " route (expected: targets of kind Mesh or Service).");
                }
            }
            case MESH -> {
                boolean onMesh = targets.stream().allMatch(TargetRef.Mesh.class::isInstance);
                if (!onMesh || !consumers.isEmpty()) {
                    node.violate(
                            ViolationCode.INCONSISTENT,
                            "'"
                                    + block.blockName()
                                    + "' is for everybody (expected: a target of kind Mesh, and no"
                                    + " consumers).");
                }
            }
        }
    }
}
