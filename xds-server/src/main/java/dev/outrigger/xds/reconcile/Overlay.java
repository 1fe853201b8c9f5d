// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.outrigger.xds.reconcile.Refusals.ResourceName;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * New content with some resources held at what they were. Whatever then refers to something that is
 * not there is held as well, so that the result refers only to itself; if that cannot be had, it is
 * the old content as a whole.
 */
final class Overlay {
    private Overlay() {}

    /**
     * @param wanted the new content
     * @param good the old one; empty if there is none, and what is held is left out
     */
    static Map<ResourceType, TypeResources> of(
            Map<ResourceType, TypeResources> wanted,
            Collection<ResourceName> refused,
            Map<ResourceType, TypeResources> good) {
        var held = new LinkedHashSet<>(refused);
        while (true) {
            var content = with(wanted, held, good);
            var dangling = new LinkedHashSet<ResourceName>();
            for (ReferenceCheck.Problem problem :
                    ReferenceCheck.check(messages(content), missing(content, held))) {
                dangling.add(new ResourceName(problem.type(), problem.name()));
            }
            if (dangling.isEmpty()) {
                return content;
            }
            // Each round holds something more, so this ends.
            if (!held.addAll(dangling)) {
                return good;
            }
        }
    }

    /** Clusters that are held and have not been there before: no proxy has them of its own. */
    private static Set<String> missing(
            Map<ResourceType, TypeResources> content, Collection<ResourceName> held) {
        var clusters = content.getOrDefault(ResourceType.CLUSTER, TypeResources.EMPTY);
        return held.stream()
                .filter(name -> name.type() == ResourceType.CLUSTER)
                .map(ResourceName::name)
                .filter(name -> clusters.get(name) == null)
                .collect(Collectors.toSet());
    }

    private static Map<ResourceType, TypeResources> with(
            Map<ResourceType, TypeResources> wanted,
            Collection<ResourceName> held,
            Map<ResourceType, TypeResources> good) {
        var content = new EnumMap<ResourceType, TypeResources>(ResourceType.class);
        content.putAll(wanted);
        for (ResourceName name : held) {
            var before = good.getOrDefault(name.type(), TypeResources.EMPTY).find(name.name());
            content.compute(
                    name.type(),
                    (_, all) -> {
                        var resources = all == null ? TypeResources.EMPTY : all;
                        return before.map(resources::with)
                                .orElseGet(() -> resources.without(name.name()));
                    });
        }
        return content;
    }

    private static List<XdsResource> messages(Map<ResourceType, TypeResources> content) {
        var messages = new ArrayList<XdsResource>();
        content.values()
                .forEach(resources ->
                        resources
                                .byName()
                                .values()
                                .forEach(resource -> messages.add(message(resource))));
        return messages;
    }

    private static XdsResource message(VersionedResource resource) {
        try {
            return new XdsResource(
                    resource.type(),
                    resource.name(),
                    resource.type()
                            .prototype()
                            .getParserForType()
                            .parseFrom(resource.any().getValue()),
                    resource.provenance());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("our own bytes: " + resource.name(), e);
        }
    }
}
