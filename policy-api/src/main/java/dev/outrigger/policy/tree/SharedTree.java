// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.tree;

import java.util.AbstractCollection;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map whose changed copies share everything but the path to the change: a copy costs the
 * logarithm of its size, and so does finding out how two copies differ, for each difference.
 *
 * <p>Its shape depends on its content alone (a treap whose priorities are hashes of the keys), so a
 * {@link #summary} does too, however the content came about. Immutable, any thread.
 */
public final class SharedTree<K extends Comparable<? super K>, V> {
    private final ToLongFunction<K> hash;
    private final @Nullable Node<K, V> root;

    private SharedTree(ToLongFunction<K> hash, @Nullable Node<K, V> root) {
        this.hash = hash;
        this.root = root;
    }

    /**
     * @param hash of a key, the same in every process where summaries are compared; keys of equal
     *     hash are put up with, but a tree of many is as slow as a list
     */
    public static <K extends Comparable<? super K>, V> SharedTree<K, V> empty(
            ToLongFunction<K> hash) {
        return new SharedTree<>(hash, null);
    }

    /** A tree by names. */
    public static <V> SharedTree<String, V> byName() {
        return empty(SharedTree::hash);
    }

    /** A hash of all characters that is the same everywhere. */
    public static long hash(String text) {
        long hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x9E37_79B9_7F4A_7C15L;
            hash ^= hash >>> 29;
        }
        hash = (hash ^ (hash >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
        return hash ^ (hash >>> 32);
    }

    /** What a node's subtree comes to; one kind of summary per tree. */
    public interface Summary<K, V, S> {
        S of(@Nullable S left, K key, V value, @Nullable S right);
    }

    /** How two trees differ at a key; empty for a tree that does not have it. */
    public interface Difference<K, V> {
        void at(K key, Optional<V> before, Optional<V> after);
    }

    public int size() {
        return size(root);
    }

    public boolean isEmpty() {
        return root == null;
    }

    public Optional<V> find(K key) {
        return Optional.ofNullable(get(key));
    }

    public @Nullable V get(K key) {
        var node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    /** A copy with the value at the key; this tree if it has that very value. */
    @SuppressWarnings("ReferenceEquality") // Sharing is about objects, not about their values.
    public SharedTree<K, V> with(K key, V value) {
        var present = get(key);
        if (present == value) {
            return this;
        }
        return new SharedTree<>(
                hash,
                present != null
                        ? replace(root, key, value)
                        : insert(root, key, value, hash.applyAsLong(key)));
    }

    /** A copy without the key; this tree if it has none. */
    public SharedTree<K, V> without(K key) {
        return get(key) == null ? this : new SharedTree<>(hash, remove(root, key));
    }

    /** The values in the order of their keys. */
    public Collection<V> values() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<V> iterator() {
                return new Walk<>(root);
            }

            @Override
            public int size() {
                return SharedTree.this.size();
            }
        };
    }

    /** Calls for every key at which the trees do not hold the very same value, in order. */
    public void differences(SharedTree<K, V> before, Difference<K, V> difference) {
        differ(before.root, root, difference);
    }

    /** The summary of all; null for the empty tree. Computed once for each subtree. */
    public <S> @Nullable S summary(Summary<? super K, ? super V, S> summary) {
        return summary(root, summary);
    }

    @SuppressWarnings("unchecked") // One kind of summary per tree.
    private static <K, V, S> @Nullable S summary(
            @Nullable Node<K, V> node, Summary<? super K, ? super V, S> summary) {
        if (node == null) {
            return null;
        }
        var known = (S) node.summary;
        if (known == null) {
            known =
                    summary.of(
                            summary(node.left, summary),
                            node.key,
                            node.value,
                            summary(node.right, summary));
            node.summary = known;
        }
        return known;
    }

    private static int size(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.size;
    }

    private static <K extends Comparable<? super K>, V> Node<K, V> insert(
            @Nullable Node<K, V> node, K key, V value, long priority) {
        if (node == null || node.isBelow(priority, key)) {
            var parts = split(node, key);
            return new Node<>(key, value, priority, parts.left, parts.right);
        }
        return key.compareTo(node.key) < 0
                ? node.withLeft(insert(node.left, key, value, priority))
                : node.withRight(insert(node.right, key, value, priority));
    }

    private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> replace(
            @Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return new Node<>(node.key, value, node.priority, node.left, node.right);
        }
        return order < 0
                ? node.withLeft(replace(node.left, key, value))
                : node.withRight(replace(node.right, key, value));
    }

    private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> remove(
            @Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return join(node.left, node.right);
        }
        return order < 0
                ? node.withLeft(remove(node.left, key))
                : node.withRight(remove(node.right, key));
    }

    /** Everything left of one goes before everything of the other. */
    private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> join(
            @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        return left.isBelow(right.priority, right.key)
                ? right.withLeft(join(left, right.left))
                : left.withRight(join(left.right, right));
    }

    /** What is before and after a key, the key itself in neither. */
    private static <K extends Comparable<? super K>, V> Parts<K, V> split(
            @Nullable Node<K, V> node, K key) {
        if (node == null) {
            return new Parts<>(null, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return new Parts<>(node.left, node.right);
        }
        if (order < 0) {
            var parts = split(node.left, key);
            return new Parts<>(parts.left, node.withLeft(parts.right));
        }
        var parts = split(node.right, key);
        return new Parts<>(node.withRight(parts.left), parts.right);
    }

    @SuppressWarnings("ReferenceEquality") // Sharing is about objects, not about their values.
    private static <K extends Comparable<? super K>, V> void differ(
            @Nullable Node<K, V> before, @Nullable Node<K, V> after, Difference<K, V> difference) {
        if (before == after) {
            return;
        }
        // The higher root is on top of whatever tree has its key, so the other either has the same
        // one or lacks the key.
        if (before == null || (after != null && before.isBelow(after.priority, after.key))) {
            var top = java.util.Objects.requireNonNull(after, "after");
            var parts = split(before, top.key);
            differ(parts.left, top.left, difference);
            difference.at(top.key, Optional.empty(), Optional.of(top.value));
            differ(parts.right, top.right, difference);
        } else if (after == null || after.isBelow(before.priority, before.key)) {
            var parts = split(after, before.key);
            differ(before.left, parts.left, difference);
            difference.at(before.key, Optional.of(before.value), Optional.empty());
            differ(before.right, parts.right, difference);
        } else {
            differ(before.left, after.left, difference);
            if (before.value != after.value) {
                difference.at(after.key, Optional.of(before.value), Optional.of(after.value));
            }
            differ(before.right, after.right, difference);
        }
    }

    private record Parts<K, V>(@Nullable Node<K, V> left, @Nullable Node<K, V> right) {}

    private static final class Node<K, V> {
        private final K key;
        private final V value;
        private final long priority;
        private final @Nullable Node<K, V> left;
        private final @Nullable Node<K, V> right;
        private final int size;

        /** Set by whoever asks first; another thread may compute the same again. */
        private @Nullable Object summary;

        Node(K key, V value, long priority, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.priority = priority;
            this.left = left;
            this.right = right;
            this.size = 1 + size(left) + size(right);
        }

        Node<K, V> withLeft(@Nullable Node<K, V> other) {
            return other == left ? this : new Node<>(key, value, priority, other, right);
        }

        Node<K, V> withRight(@Nullable Node<K, V> other) {
            return other == right ? this : new Node<>(key, value, priority, left, other);
        }

        /** Keys decide between equal priorities, so that there is one shape only. */
        boolean isBelow(long otherPriority, Comparable<? super K> otherKey) {
            return priority != otherPriority
                    ? priority < otherPriority
                    : otherKey.compareTo(key) < 0;
        }
    }

    /** In order, with the path on a stack. */
    private static final class Walk<K, V> implements Iterator<V> {
        private final Deque<Node<K, V>> path = new ArrayDeque<>();

        Walk(@Nullable Node<K, V> root) {
            descend(root);
        }

        private void descend(@Nullable Node<K, V> from) {
            for (var node = from; node != null; node = node.left) {
                path.push(node);
            }
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public V next() {
            if (path.isEmpty()) {
                throw new NoSuchElementException("the walk is over");
            }
            var node = path.pop();
            descend(node.right);
            return node.value;
        }
    }
}
