// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;

/**
 * Versions are hashes of content in hexadecimal. Equal content has an equal version on every
 * replica and after every restart, so a reconnecting proxy that has it is sent nothing.
 */
public final class ContentVersion {
    private ContentVersion() {}

    /** Maps are written in key order, so equal messages have equal bytes. */
    public static ByteString serialize(Message message) {
        var bytes = new byte[message.getSerializedSize()];
        var out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("an array does not fail", e);
        }
        out.checkNoSpaceLeft();
        return com.google.protobuf.UnsafeByteOperations.unsafeWrap(bytes);
    }

    static String of(ByteString content) {
        return ContentHash.of(content).hex();
    }

    /**
     * The version of an endpoint assignment, which changes with its cluster as well: Envoy warms a
     * changed cluster until its endpoints arrive again, for 15 s if they do not.
     */
    static String of(ByteString content, String clusterVersion) {
        return ContentHash.of(ContentHash.of(content), clusterVersion).hex();
    }

    /** The version of some resources of a type, in order of their names. */
    public static String of(Collection<VersionedResource> resources) {
        var all = TypeResources.EMPTY;
        for (VersionedResource resource : resources) {
            all = all.with(resource);
        }
        return all.version();
    }
}
