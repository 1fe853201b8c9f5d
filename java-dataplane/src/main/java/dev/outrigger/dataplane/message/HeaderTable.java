// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * Header lines as bytes in one array and a table of offsets into it: no object per line, and no
 * copy when one changes. What the names mean is {@link HeaderBlock}'s. Confined to its event loop.
 */
public abstract sealed class HeaderTable permits HeaderBlock {
    private static final int STRIDE = 5;
    private static final int NAME_OFFSET = 0;
    private static final int NAME_LENGTH = 1;
    private static final int VALUE_OFFSET = 2;
    private static final int VALUE_LENGTH = 3;
    private static final int ID = 4;
    private static final int REMOVED = -1;
    private static final int INITIAL_BYTES = 1024;
    private static final int KEEP_BYTES = 4096;
    private static final int INITIAL_ENTRIES = 24;

    byte[] data = new byte[INITIAL_BYTES];
    int size;
    private int[] table = new int[INITIAL_ENTRIES * STRIDE];
    private int entries;

    HeaderTable() {}

    /** Forgets all lines; gives back room a very large head took. */
    final void forgetEntries() {
        size = 0;
        entries = 0;
        if (data.length > KEEP_BYTES) {
            data = new byte[INITIAL_BYTES];
        }
    }

    /** One past the last entry; some entries below may be removed. */
    public final int limit() {
        return entries;
    }

    public final boolean isLive(int entry) {
        return table[entry * STRIDE + ID] != REMOVED;
    }

    /** How many entries are live. */
    public final int count() {
        int live = 0;
        for (int i = 0; i < entries; i++) {
            if (isLive(i)) {
                live++;
            }
        }
        return live;
    }

    /** A {@link KnownHeader}, or {@link KnownHeader#UNKNOWN}; negative for a removed line. */
    public final int id(int entry) {
        return table[entry * STRIDE + ID];
    }

    /** The value as Latin-1 text, which keeps every byte. */
    public final String value(int entry) {
        return new String(data, valueOffset(entry), valueLength(entry), ISO_8859_1);
    }

    public final byte[] data() {
        return data;
    }

    public final int valueOffset(int entry) {
        return table[entry * STRIDE + VALUE_OFFSET];
    }

    public final int valueLength(int entry) {
        return table[entry * STRIDE + VALUE_LENGTH];
    }

    public final int nameOffset(int entry) {
        return table[entry * STRIDE + NAME_OFFSET];
    }

    public final int nameLength(int entry) {
        return table[entry * STRIDE + NAME_LENGTH];
    }

    public final boolean valueEquals(int entry, byte[] expected) {
        int offset = valueOffset(entry);
        return Arrays.equals(
                data, offset, offset + valueLength(entry), expected, 0, expected.length);
    }

    /** ASCII comparison; {@code lower} is lower case. */
    public final boolean valueEqualsIgnoreCase(int entry, byte[] lower) {
        return valueLength(entry) == lower.length
                && Ascii.equalsIgnoreCase(data, valueOffset(entry), lower);
    }

    /** Points a line at a value that is in {@link #data} already. */
    final void setValueRange(int entry, int offset, int length) {
        table[entry * STRIDE + VALUE_OFFSET] = offset;
        table[entry * STRIDE + VALUE_LENGTH] = length;
    }

    /**
     * Appends bytes that no line refers to yet.
     *
     * @return where they are
     */
    final int append(byte[] source, int offset, int length) {
        int at = size;
        ensure(length);
        System.arraycopy(source, offset, data, at, length);
        size = at + length;
        return at;
    }

    /** Makes room for that many bytes behind {@link #size}. */
    final void ensure(int more) {
        if (data.length - size < more) {
            data = Arrays.copyOf(data, Math.max(data.length * 2, size + more));
        }
    }

    final void appendEntry(
            int id, int nameOffset, int nameLength, int valueOffset, int valueLength) {
        int base = entries * STRIDE;
        if (base == table.length) {
            table = Arrays.copyOf(table, table.length * 2);
        }
        table[base + NAME_OFFSET] = nameOffset;
        table[base + NAME_LENGTH] = nameLength;
        table[base + VALUE_OFFSET] = valueOffset;
        table[base + VALUE_LENGTH] = valueLength;
        table[base + ID] = id;
        entries++;
    }

    final void removeLine(int entry) {
        table[entry * STRIDE + ID] = REMOVED;
    }

    final void copyEntries(HeaderTable other) {
        if (data.length < other.size) {
            data = new byte[other.data.length];
        }
        System.arraycopy(other.data, 0, data, 0, other.size);
        size = other.size;
        if (table.length < other.entries * STRIDE) {
            table = new int[other.table.length];
        }
        System.arraycopy(other.table, 0, table, 0, other.entries * STRIDE);
        entries = other.entries;
    }
}
