// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.outrigger.policy.tree.SharedTree;
import dev.outrigger.xds.snapshot.ContentHash;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encoded route configurations, put together of their parts; sidecars whose routes are the same
 * share the bytes, and successive versions share the pieces in which nothing changed. Confined to
 * the reconciler's thread.
 */
final class RouteBytes {
    /** From how many on those that nobody holds any longer are looked for. */
    private static final int CROWDED = 256;

    /**
     * Up to how much is copied to lie in one piece. A change copies one piece; smaller ones would
     * mean more of them to be strung together each time, and more writes for each response.
     */
    private static final int PIECE_BYTES = 64 * 1024;

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
        return sum == null ? new ContentHash(0, 0) : sum.hash;
    }

    private static @Nullable Sum summary(SharedTree<String, HostsPart> hosts) {
        return hosts.summary(Sum::of);
    }

    private static ByteString encode(ByteString frame, SharedTree<String, HostsPart> hosts) {
        var pieces = new ArrayList<ByteString>();
        pieces.add(frame);
        var sum = summary(hosts);
        if (sum != null) {
            sum.collect(pieces);
        }
        return concatenated(pieces);
    }

    /** By halves, so that nothing has to be balanced afterwards. */
    private static ByteString concatenated(List<ByteString> pieces) {
        if (pieces.size() == 1) {
            return pieces.getFirst();
        }
        int half = pieces.size() / 2;
        return concatenated(pieces.subList(0, half))
                .concat(concatenated(pieces.subList(half, pieces.size())));
    }

    private void forgetUnused() {
        if (byVersion.size() >= crowded) {
            byVersion.values().removeIf(reference -> reference.get() == null);
            crowded = Math.max(CROWDED, 2 * byVersion.size());
        }
    }

    /** What a subtree of parts comes to. */
    private static final class Sum {
        private final @Nullable Sum left;
        private final ByteString part;
        private final @Nullable Sum right;
        private final ContentHash hash;
        private final int bytes;

        /** The subtree in one piece, made when first asked for; small subtrees only. */
        private @Nullable ByteString piece;

        private Sum(
                @Nullable Sum left,
                ByteString part,
                @Nullable Sum right,
                ContentHash hash,
                int bytes) {
            this.left = left;
            this.part = part;
            this.right = right;
            this.hash = hash;
            this.bytes = bytes;
        }

        static Sum of(@Nullable Sum left, String key, HostsPart part, @Nullable Sum right) {
            int bytes = part.encoded().size();
            if (left != null) {
                bytes = Math.addExact(bytes, left.bytes);
            }
            if (right != null) {
                bytes = Math.addExact(bytes, right.bytes);
            }
            return new Sum(
                    left,
                    part.encoded(),
                    right,
                    ContentHash.ofNode(
                            left == null ? null : left.hash,
                            key,
                            part.hash(),
                            right == null ? null : right.hash),
                    bytes);
        }

        /** Adds its pieces in order. */
        void collect(List<ByteString> pieces) {
            if (bytes <= PIECE_BYTES) {
                pieces.add(piece());
                return;
            }
            if (left != null) {
                left.collect(pieces);
            }
            pieces.add(part);
            if (right != null) {
                right.collect(pieces);
            }
        }

        private ByteString piece() {
            var known = piece;
            if (known == null) {
                var all = new byte[bytes];
                copyTo(all, 0);
                known = UnsafeByteOperations.unsafeWrap(all);
                piece = known;
            }
            return known;
        }

        private int copyTo(byte[] target, int from) {
            int position = left == null ? from : left.copyTo(target, from);
            part.copyTo(target, position);
            position += part.size();
            return right == null ? position : right.copyTo(target, position);
        }
    }
}
