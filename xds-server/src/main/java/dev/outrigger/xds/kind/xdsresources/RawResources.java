// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.xdsresources;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.resource.XdsResource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Raw resources of a document as messages. Any thread. */
public final class RawResources {
    /** Matches some text that is no type as well; what it names is then just not found. */
    private static final Pattern TYPE_URL = Pattern.compile("\"@type\"\\s*:\\s*\"([^\"\\\\]*)\"");

    private RawResources() {}

    /**
     * @throws IllegalArgumentException if a resource is not what {@link XdsResourceSchema} accepts
     */
    public static List<XdsResource> read(Policy<XdsResourcesSpec> document) {
        return document.spec().resources().stream().map(raw -> read(document, raw)).toList();
    }

    private static XdsResource read(
            Policy<XdsResourcesSpec> document, XdsResourcesSpec.RawResource raw) {
        var type =
                ResourceType.find(raw.typeUrl())
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        document.id() + ": not served: " + raw.typeUrl()));
        try {
            return XdsResource.of(type, parse(raw.json(), type.prototype()), Set.of(document.id()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(document.id() + ": " + e.getMessage(), e);
        }
    }

    /** Parses proto3 JSON; a top-level {@code @type} is skipped. */
    static Message parse(String json, Message prototype) throws InvalidProtocolBufferException {
        // As an Any, so that the type may stand in the object itself.
        var any = com.google.protobuf.Any.newBuilder();
        JsonFormat.parser().usingTypeRegistry(typesIn(json)).merge(json, any);
        return prototype.getParserForType().parseFrom(any.getValue());
    }

    /** What knows the types that the text names, for the messages packed inside. */
    static TypeRegistry typesIn(String json) {
        var types = new HashSet<Descriptor>();
        var matcher = TYPE_URL.matcher(json);
        while (matcher.find()) {
            NamedTypes.find(matcher.group(1)).ifPresent(types::add);
        }
        return NamedTypes.registryOf(types);
    }
}
