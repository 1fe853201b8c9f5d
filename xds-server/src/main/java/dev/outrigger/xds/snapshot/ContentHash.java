// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The first half of a SHA-256 of some content. Immutable. */
public record ContentHash(long high, long low) {
    private static final int BYTES = 16;

    /** Stands for a subtree that is not there; no content is known to have it. */
    private static final ContentHash NONE = new ContentHash(0, 0);

    public static ContentHash of(ByteString content) {
        var digest = sha256();
        digest.update(content.asReadOnlyByteBuffer());
        return of(digest);
    }

    /** Of several hashes in order. */
    public static ContentHash of(ContentHash first, ContentHash second) {
        var digest = sha256();
        digest.update(bytes(first));
        digest.update(bytes(second));
        return of(digest);
    }

    /** Of two versions in order. */
    public static ContentHash of(String first, String second) {
        var digest = sha256();
        digest.update(first.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        digest.update(second.getBytes(StandardCharsets.UTF_8));
        return of(digest);
    }

    /** Of content together with the text of a version it depends on. */
    static ContentHash of(ContentHash content, String version) {
        var digest = sha256();
        digest.update(bytes(content));
        digest.update(version.getBytes(StandardCharsets.UTF_8));
        return of(digest);
    }

    /** Of a node of a tree whose shape depends on its content alone. */
    public static ContentHash ofNode(
            @Nullable ContentHash left,
            String key,
            ContentHash content,
            @Nullable ContentHash right) {
        return ofNode(left, key, bytes(content), right);
    }

    /** The same for content that has a version. */
    static ContentHash ofNode(
            @Nullable ContentHash left, String key, String version, @Nullable ContentHash right) {
        return ofNode(left, key, version.getBytes(StandardCharsets.UTF_8), right);
    }

    private static ContentHash ofNode(
            @Nullable ContentHash left, String key, byte[] content, @Nullable ContentHash right) {
        var digest = sha256();
        digest.update(bytes(left == null ? NONE : left));
        digest.update(bytes(right == null ? NONE : right));
        digest.update(key.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0); // No name contains it, so no two nodes share an encoding.
        digest.update(content);
        return of(digest);
    }

    /** As a version, in hexadecimal. */
    public String hex() {
        return HexFormat.of().formatHex(bytes(this));
    }

    private static byte[] bytes(ContentHash hash) {
        return ByteBuffer.allocate(BYTES).putLong(hash.high).putLong(hash.low).array();
    }

    private static ContentHash of(MessageDigest digest) {
        var bytes = ByteBuffer.wrap(digest.digest());
        return new ContentHash(bytes.getLong(), bytes.getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
