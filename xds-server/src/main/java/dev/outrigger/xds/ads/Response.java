// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import com.google.protobuf.ByteString;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;

/**
 * A response ready for the wire: a few bytes of its own and the resources' bytes, which all streams
 * share. Immutable.
 */
final class Response {
    private final ResourceType type;
    private final ByteString head;
    private final Collection<VersionedResource> resources;
    private final boolean delta;
    private final int sizeBytes;

    /**
     * @param head every field but the resources
     */
    Response(
            ResourceType type,
            ByteString head,
            Collection<VersionedResource> resources,
            boolean delta) {
        this.type = type;
        this.head = head;
        this.resources = resources;
        this.delta = delta;
        this.sizeBytes = size();
    }

    private int size() {
        long size = head.size();
        for (VersionedResource resource : resources) {
            size += headOf(resource).size() + resource.value().size();
        }
        return Math.toIntExact(size);
    }

    private ByteString headOf(VersionedResource resource) {
        return delta ? resource.deltaHead() : resource.sotwHead();
    }

    ResourceType type() {
        return type;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    List<String> names() {
        return resources.stream().map(VersionedResource::name).toList();
    }

    void writeTo(OutputStream out) throws IOException {
        head.writeTo(out);
        for (VersionedResource resource : resources) {
            headOf(resource).writeTo(out);
            resource.value().writeTo(out);
        }
    }
}
