// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.outrigger.xds.resource.ResourceType;
import io.envoyproxy.envoy.config.core.v3.ControlPlane;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The fields of a response that are one stream's own. */
final class ResponseHead {
    /** Said in a stream's first response. */
    private static final ControlPlane CONTROL_PLANE =
            ControlPlane.newBuilder().setIdentifier("outrigger").build();

    private ResponseHead() {}

    static ByteString sotw(ResourceType type, String version, String nonce, boolean introduce) {
        int size =
                string(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, version)
                        + string(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, type.typeUrl())
                        + string(DiscoveryResponse.NONCE_FIELD_NUMBER, nonce)
                        + controlPlane(DiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, introduce);
        return written(
                size,
                out -> {
                    out.writeString(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, version);
                    out.writeString(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, type.typeUrl());
                    out.writeString(DiscoveryResponse.NONCE_FIELD_NUMBER, nonce);
                    if (introduce) {
                        out.writeMessage(
                                DiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, CONTROL_PLANE);
                    }
                });
    }

    /**
     * @param unresolved names a virtual host was asked for under, that none has: said by a resource
     *     without content, so that Envoy no longer holds up the request that asked for it
     */
    static ByteString delta(
            ResourceType type,
            String version,
            String nonce,
            boolean introduce,
            List<String> removed,
            List<String> unresolved) {
        var resources =
                unresolved.stream()
                        .map(name -> Resource.newBuilder().setName(name).addAliases(name).build())
                        .toList();
        int size =
                string(DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, version)
                        + string(DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, type.typeUrl())
                        + string(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, nonce)
                        + controlPlane(
                                DeltaDiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, introduce);
        for (String name : removed) {
            size += string(DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
        }
        for (Resource resource : resources) {
            size +=
                    CodedOutputStream.computeMessageSize(
                            DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER, resource);
        }
        return written(
                size,
                out -> {
                    out.writeString(
                            DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, version);
                    out.writeString(DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, type.typeUrl());
                    out.writeString(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, nonce);
                    for (String name : removed) {
                        out.writeString(
                                DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
                    }
                    for (Resource resource : resources) {
                        out.writeMessage(DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER, resource);
                    }
                    if (introduce) {
                        out.writeMessage(
                                DeltaDiscoveryResponse.CONTROL_PLANE_FIELD_NUMBER, CONTROL_PLANE);
                    }
                });
    }

    private static int string(int field, String value) {
        return CodedOutputStream.computeStringSize(field, value);
    }

    private static int controlPlane(int field, boolean introduce) {
        return introduce ? CodedOutputStream.computeMessageSize(field, CONTROL_PLANE) : 0;
    }

    private static ByteString written(int size, Writing writing) {
        var bytes = new byte[size];
        var out = CodedOutputStream.newInstance(bytes);
        try {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("an array does not fail", e);
        }
        out.checkNoSpaceLeft();
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    @FunctionalInterface
    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }
}
