// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.outrigger.policy.tree.SharedTree;
import dev.outrigger.xds.snapshot.ContentHash;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encoded route configurations, put together of their parts; sidecars whose routes are the same
 * share the bytes. Confined to the reconciler's thread.
 */
final class RouteBytes {
    /** From how many on those that nobody holds any longer are looked for. */
    private static final int CROWDED = 256;

    private final Map<String, WeakReference<ByteString>> byVersion = new HashMap<>();
    private int crowded = CROWDED;

    /**
     * @param version of exactly this content
     * @param frame the encoded route configuration without its virtual hosts
     */
    ByteString of(String version, ByteString frame, SharedTree<String, HostsPart> hosts) {
        var reference = byVersion.get(version);
        var known = reference == null ? null : reference.get();
        if (known == null) {
            known = encode(frame, hosts);
            byVersion.put(version, new WeakReference<>(known));
            forgetUnused();
        }
        return known;
    }

    static ContentHash hash(SharedTree<String, HostsPart> hosts) {
        var sum = summary(hosts);
        return sum == null ? new ContentHash(0, 0) : sum.hash();
    }

    private static @Nullable Sum summary(SharedTree<String, HostsPart> hosts) {
        return hosts.summary(Sum::of);
    }

    private static ByteString encode(ByteString frame, SharedTree<String, HostsPart> hosts) {
        var sum = summary(hosts);
        var bytes = new byte[Math.addExact(frame.size(), sum == null ? 0 : sum.bytes())];
        frame.copyTo(bytes, 0);
        int position = frame.size();
        for (HostsPart part : hosts.values()) {
            part.encoded().copyTo(bytes, position);
            position += part.encoded().size();
        }
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    private void forgetUnused() {
        if (byVersion.size() >= crowded) {
            byVersion.values().removeIf(reference -> reference.get() == null);
            crowded = Math.max(CROWDED, 2 * byVersion.size());
        }
    }

    /** What a subtree of parts comes to. */
    private record Sum(ContentHash hash, int bytes) {
        static Sum of(@Nullable Sum left, String key, HostsPart part, @Nullable Sum right) {
            int bytes = part.encoded().size();
            if (left != null) {
                bytes = Math.addExact(bytes, left.bytes);
            }
            if (right != null) {
                bytes = Math.addExact(bytes, right.bytes);
            }
            return new Sum(
                    ContentHash.ofNode(
                            left == null ? null : left.hash,
                            key,
                            part.hash(),
                            right == null ? null : right.hash),
                    bytes);
        }
    }
}
