// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/**
 * Versions are hashes of content: the first half of a SHA-256 in hexadecimal. Equal content has an
 * equal version on every replica and after every restart, so a reconnecting proxy that has it is
 * sent nothing.
 */
public final class ContentVersion {
    private static final int BYTES = 16;

    private ContentVersion() {}

    /** Maps are written in key order, so equal messages have equal bytes. */
    static ByteString serialize(Message message) {
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
        var digest = sha256();
        digest.update(content.asReadOnlyByteBuffer());
        return hex(digest);
    }

    /**
     * The version of an endpoint assignment, which changes with its cluster as well: Envoy warms a
     * changed cluster until its endpoints arrive again, for 15 s if they do not.
     */
    static String of(ByteString content, String clusterVersion) {
        var digest = sha256();
        digest.update(content.asReadOnlyByteBuffer());
        digest.update(clusterVersion.getBytes(StandardCharsets.UTF_8));
        return hex(digest);
    }

    /** The version of a set of resources in order of their names. */
    public static String of(Collection<VersionedResource> resources) {
        var digest = sha256();
        for (VersionedResource resource : resources) {
            digest.update(resource.name().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0); // No name contains it, so no two sets share an encoding.
            digest.update(resource.version().getBytes(StandardCharsets.UTF_8));
        }
        return hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
