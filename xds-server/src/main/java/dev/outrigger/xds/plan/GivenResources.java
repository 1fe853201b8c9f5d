// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.plan.GivenQuery;
import dev.outrigger.policy.plan.GivenResource;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The resources of a snapshot, for people to read. */
final class GivenResources {
    private GivenResources() {}

    static List<GivenResource> page(Snapshot snapshot, GivenQuery query) {
        var page = new ArrayList<GivenResource>();
        for (ResourceType type :
                ResourceType.inOrder().stream()
                        .sorted(Comparator.comparing(ResourceType::typeUrl))
                        .toList()) {
            for (VersionedResource resource : snapshot.type(type).byName().values()) {
                if (page.size() == query.limit()) {
                    return page;
                }
                if (query.asksFor(type.typeUrl(), resource.name())) {
                    page.add(
                            new GivenResource(
                                    type.typeUrl(),
                                    resource.name(),
                                    resource.version(),
                                    resource.provenance().stream().map(PolicyId::toString).toList(),
                                    ResourceDiff.json(message(resource))));
                }
            }
        }
        return page;
    }

    static List<XdsResource> all(Snapshot snapshot) {
        var all = new ArrayList<XdsResource>();
        snapshot.types()
                .forEach((type, resources) ->
                        resources
                                .byName()
                                .values()
                                .forEach(resource -> all.add(xdsResource(type, resource))));
        return all;
    }

    private static XdsResource xdsResource(ResourceType type, VersionedResource resource) {
        return new XdsResource(type, resource.name(), message(resource), resource.provenance());
    }

    private static Message message(VersionedResource resource) {
        try {
            return resource.type().prototype().getParserForType().parseFrom(resource.value());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("our own bytes: " + resource, e);
        }
    }
}
