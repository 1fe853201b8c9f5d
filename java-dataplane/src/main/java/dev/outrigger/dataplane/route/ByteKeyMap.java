// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.WireText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map from lower-case text to values that is asked with a range of bytes, so that looking up a
 * host makes no object. Immutable.
 */
final class ByteKeyMap<V> {
    private final byte[][] keys;
    private final @Nullable Object[] values;
    private final int mask;

    ByteKeyMap(Map<String, V> entries) {
        int capacity = Integer.highestOneBit(Math.max(4, entries.size() * 2)) * 2;
        keys = new byte[capacity][];
        values = new Object[capacity];
        mask = capacity - 1;
        entries.forEach((text, value) -> {
            byte[] key = WireText.bytes(text);
            int slot = hash(key, 0, key.length) & mask;
            while (values[slot] != null) {
                slot = slot + 1 & mask;
            }
            keys[slot] = key;
            values[slot] = value;
        });
    }

    /** The value of a text, ASCII case of the question ignored. */
    @SuppressWarnings("unchecked")
    @Nullable V find(byte[] data, int offset, int length) {
        int slot = hash(data, offset, length) & mask;
        Object value;
        while ((value = values[slot]) != null) {
            byte[] key = keys[slot];
            if (key.length == length && Ascii.equalsIgnoreCase(data, offset, key)) {
                return (V) value;
            }
            slot = slot + 1 & mask;
        }
        return null;
    }

    private static int hash(byte[] data, int offset, int length) {
        int hash = length;
        for (int i = offset; i < offset + length; i++) {
            hash = hash * 31 + Ascii.lower(data[i]);
        }
        return hash ^ hash >>> 15;
    }
}
