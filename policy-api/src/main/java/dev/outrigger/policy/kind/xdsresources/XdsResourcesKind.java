// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.xdsresources;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.TreeJson;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.sidecar.SelectorReader;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec.RawResource;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads XdsResources: {@code selector} as in a Sidecar, {@code resources} (1..1,000 objects with
 * {@code @type} and a name that is unique within its type). Names may have either of the two
 * notations proto3 JSON has. The rest of a resource is the {@link XdsResourceCheck}'s.
 */
public final class XdsResourcesKind implements PolicyKind<XdsResourcesSpec> {
    public static final String KIND = "XdsResources";

    private static final String PREFIX = "type.googleapis.com/";

    /** The types that can be sent as they are, and the field that names a resource of each. */
    private static final Map<String, List<String>> NAME_FIELDS =
            Map.of(
                    PREFIX + "envoy.config.listener.v3.Listener",
                    List.of("name"),
                    PREFIX + "envoy.config.route.v3.RouteConfiguration",
                    List.of("name"),
                    PREFIX + "envoy.config.route.v3.ScopedRouteConfiguration",
                    List.of("name"),
                    PREFIX + "envoy.config.route.v3.VirtualHost",
                    List.of("name"),
                    PREFIX + "envoy.config.cluster.v3.Cluster",
                    List.of("name"),
                    PREFIX + "envoy.config.endpoint.v3.ClusterLoadAssignment",
                    List.of("clusterName", "cluster_name"),
                    PREFIX + "envoy.extensions.transport_sockets.tls.v3.Secret",
                    List.of("name"),
                    PREFIX + "envoy.config.core.v3.TypedExtensionConfig",
                    List.of("name"),
                    PREFIX + "envoy.service.runtime.v3.Runtime",
                    List.of("name"));

    private final XdsResourceCheck check;

    public XdsResourcesKind(XdsResourceCheck check) {
        this.check = check;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String plural() {
        return "xdsresources";
    }

    @Override
    public Class<XdsResourcesSpec> specType() {
        return XdsResourcesSpec.class;
    }

    @Override
    public Optional<XdsResourcesSpec> read(DocumentNode spec, PolicyId id) {
        var mark = spec.violations().mark();
        if (!spec.objectOf(List.of("selector", "resources"))) {
            return Optional.empty();
        }
        var selector = SelectorReader.read(spec.field("selector").required());
        var resources = new ArrayList<RawResource>();
        var names = new HashSet<String>();
        for (DocumentNode item : spec.field("resources").required().items(1, 1_000)) {
            readResource(item, names).ifPresent(resources::add);
        }
        return mark.ifClean(() -> new XdsResourcesSpec(selector.orElseThrow(), resources));
    }

    private Optional<RawResource> readResource(DocumentNode node, Set<String> names) {
        if (!node.isMap()) {
            node.wrongType("an object with '@type'");
            return Optional.empty();
        }
        var mark = node.violations().mark();
        var type =
                node.field("@type")
                        .required()
                        .oneOf(
                                NAME_FIELDS.keySet().stream()
                                        .collect(Collectors.toMap(url -> url, url -> url)));
        if (type.isEmpty()) {
            return Optional.empty();
        }
        String typeUrl = type.get();
        checkName(node, typeUrl, names);
        check.check(typeUrl, node);
        return mark.ifClean(
                () -> new RawResource(typeUrl, node.tree().map(TreeJson::write).orElseThrow()));
    }

    private static void checkName(DocumentNode node, String typeUrl, Set<String> names) {
        List<String> fields = NAME_FIELDS.getOrDefault(typeUrl, List.of("name"));
        DocumentNode nameNode =
                fields.stream()
                        .map(node::field)
                        .filter(DocumentNode::isPresent)
                        .findFirst()
                        .orElseGet(() -> node.field(fields.getFirst()).required());
        var name = Names.printable(nameNode, 512);
        if (name.isEmpty()) {
            return;
        }
        if (name.get().isEmpty()) {
            nameNode.violate(ViolationCode.BAD_VALUE, "Is empty (expected: the resource's name).");
        } else if (!names.add(typeUrl + "|" + name.get())) {
            nameNode.violate(
                    ViolationCode.DUPLICATE,
                    "Resource "
                            + Quoted.of(name.get())
                            + " of this type is listed twice in this document.");
        }
    }
}
