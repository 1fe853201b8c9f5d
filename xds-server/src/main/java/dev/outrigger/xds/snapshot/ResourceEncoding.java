// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * How a resource stands in a response, written by hand so that its bytes are the last thing of its
 * field: what comes before them is a few bytes that are made once, and the bytes are shared.
 */
final class ResourceEncoding {
    private ResourceEncoding() {}

    /** The response's repeated field with an {@code Any}, up to its value. */
    static ByteString sotwHead(VersionedResource resource) {
        var any = anyHead(resource);
        return written(out -> {
            delimited(
                    out,
                    DiscoveryResponse.RESOURCES_FIELD_NUMBER,
                    any.size() + resource.value().size());
            out.writeRawBytes(any);
        });
    }

    /** The field with a {@code Resource} whose last field is an {@code Any}. */
    static ByteString deltaHead(VersionedResource resource) {
        var any = anyHead(resource);
        int anySize = any.size() + resource.value().size();
        var fields =
                written(out -> {
                    out.writeString(Resource.VERSION_FIELD_NUMBER, resource.version());
                    out.writeString(Resource.NAME_FIELD_NUMBER, resource.name());
                    for (String alias : resource.aliases()) {
                        out.writeString(Resource.ALIASES_FIELD_NUMBER, alias);
                    }
                    delimited(out, Resource.RESOURCE_FIELD_NUMBER, anySize);
                    out.writeRawBytes(any);
                });
        return written(out -> {
            delimited(
                    out,
                    DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER,
                    fields.size() + resource.value().size());
            out.writeRawBytes(fields);
        });
    }

    private static ByteString anyHead(VersionedResource resource) {
        return written(out -> {
            out.writeString(Any.TYPE_URL_FIELD_NUMBER, resource.type().typeUrl());
            delimited(out, Any.VALUE_FIELD_NUMBER, resource.value().size());
        });
    }

    private static void delimited(CodedOutputStream out, int field, int size) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(size);
    }

    private static ByteString written(Writing writing) {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes, 256);
        try {
            writing.to(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("an array does not fail", e);
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    @FunctionalInterface
    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }
}
