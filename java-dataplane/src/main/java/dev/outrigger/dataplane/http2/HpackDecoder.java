// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.message.HeaderSink;
import java.util.Arrays;

/**
 * Decodes header blocks of one connection (RFC 7541). The table of fields the peer may refer to is
 * bounded by what our settings allow. Confined to the connection's event loop.
 */
final class HpackDecoder {
    /** nghttp2, Envoy's codec, takes no name or value beyond this. */
    static final int MAX_STRING = 65536;

    private static final int ENTRY_OVERHEAD = 32;

    private byte[][] names = new byte[32][];
    private byte[][] values = new byte[32][];
    private int newest = -1;
    private int entries;
    private int tableBytes;
    private int maxTableBytes;
    private int allowedTableBytes;
    private boolean updateDue;
    private byte[] nameScratch = new byte[64];
    private byte[] valueScratch = new byte[256];
    private byte[] block = {};
    private int at;
    private int end;
    private int fieldBytes;

    /**
     * @param allowedTableBytes the setting SETTINGS_HEADER_TABLE_SIZE that was sent
     */
    HpackDecoder(int allowedTableBytes) {
        this.allowedTableBytes = allowedTableBytes;
        this.maxTableBytes = allowedTableBytes;
    }

    /** The peer has taken note of another setting: a smaller table must be agreed to. */
    void setAllowedTableBytes(int bytes) {
        allowedTableBytes = bytes;
        updateDue |= bytes < maxTableBytes;
    }

    /** How much of the table is in use, as RFC 7541 counts it. */
    int tableBytes() {
        return tableBytes;
    }

    /**
     * Decodes one whole header block.
     *
     * @throws HpackError the connection must end with COMPRESSION_ERROR
     */
    void decode(byte[] data, int offset, int length, HeaderSink sink) throws HpackError {
        block = data;
        at = offset;
        end = offset + length;
        fieldBytes = 0;
        boolean begun = false;
        while (at < end) {
            int first = block[at] & 0xff;
            if (updateDue && (first & 0xe0) != 0x20) {
                throw new HpackError("no table size update");
            }
            if (first >= 0x80) {
                indexed(integer(7), sink);
                begun = true;
            } else if (first >= 0x40) {
                literal(integer(6), true, sink);
                begun = true;
            } else if (first >= 0x20) {
                if (begun) {
                    throw new HpackError("table size update behind a field");
                }
                resize(integer(5));
                updateDue = false;
            } else {
                literal(integer(4), false, sink);
                begun = true;
            }
        }
    }

    /** The names and values of the block decoded last. */
    int fieldBytes() {
        return fieldBytes;
    }

    private void indexed(int index, HeaderSink sink) throws HpackError {
        byte[] name = name(index);
        byte[] value = value(index);
        fieldBytes += name.length + value.length;
        sink.field(name, 0, name.length, value, 0, value.length);
    }

    private void literal(int nameIndex, boolean keep, HeaderSink sink) throws HpackError {
        byte[] name;
        int nameOffset = 0;
        int nameLength;
        if (nameIndex > 0) {
            name = name(nameIndex);
            nameLength = name.length;
        } else {
            boolean coded = isCoded();
            int length = stringLength();
            if (coded) {
                nameScratch = room(nameScratch, length);
                nameLength = huffman(length, nameScratch);
                name = nameScratch;
            } else {
                name = block;
                nameOffset = at;
                nameLength = length;
            }
            at += length;
        }
        boolean coded = isCoded();
        int length = stringLength();
        byte[] value;
        int valueOffset = 0;
        int valueLength;
        if (coded) {
            valueScratch = room(valueScratch, length);
            valueLength = huffman(length, valueScratch);
            value = valueScratch;
        } else {
            value = block;
            valueOffset = at;
            valueLength = length;
        }
        at += length;
        if (keep) {
            add(
                    nameIndex > 0
                            ? name
                            : Arrays.copyOfRange(name, nameOffset, nameOffset + nameLength),
                    Arrays.copyOfRange(value, valueOffset, valueOffset + valueLength));
        }
        fieldBytes += nameLength + valueLength;
        sink.field(name, nameOffset, nameLength, value, valueOffset, valueLength);
    }

    private int huffman(int length, byte[] target) throws HpackError {
        int size = Huffman.decode(block, at, length, target);
        if (size < 0) {
            throw new HpackError("broken Huffman code");
        }
        if (size > MAX_STRING) {
            throw new HpackError("string too long");
        }
        return size;
    }

    private static byte[] room(byte[] scratch, int length) {
        int needed = Huffman.maxDecoded(length);
        return scratch.length >= needed ? scratch : new byte[Math.max(needed, scratch.length * 2)];
    }

    private boolean isCoded() throws HpackError {
        if (at >= end) {
            throw new HpackError("header block ends within a field");
        }
        return (block[at] & 0x80) != 0;
    }

    private int stringLength() throws HpackError {
        int length = integer(7);
        if (length > end - at) {
            throw new HpackError("header block ends within a string");
        }
        if (length > MAX_STRING) {
            throw new HpackError("string too long");
        }
        return length;
    }

    /** Reads an integer whose first bits share a byte with something else. */
    private int integer(int bits) throws HpackError {
        int mask = (1 << bits) - 1;
        int value = block[at++] & mask;
        if (value < mask) {
            return value;
        }
        long sum = value;
        for (int shift = 0; shift <= 28; shift += 7) {
            if (at >= end) {
                throw new HpackError("header block ends within a number");
            }
            int next = block[at++] & 0xff;
            sum += (long) (next & 0x7f) << shift;
            if (sum > Integer.MAX_VALUE) {
                throw new HpackError("number too large");
            }
            if (next < 0x80) {
                return (int) sum;
            }
        }
        throw new HpackError("number too long");
    }

    private byte[] name(int index) throws HpackError {
        return index <= HpackStaticTable.SIZE && index > 0
                ? HpackStaticTable.name(index)
                : names[slot(index)];
    }

    private byte[] value(int index) throws HpackError {
        return index <= HpackStaticTable.SIZE && index > 0
                ? HpackStaticTable.value(index)
                : values[slot(index)];
    }

    private int slot(int index) throws HpackError {
        int back = index - HpackStaticTable.SIZE - 1;
        if (index == 0 || back >= entries) {
            throw new HpackError("no field with index " + index);
        }
        return (newest - back) & (names.length - 1);
    }

    private void resize(int bytes) throws HpackError {
        if (bytes > allowedTableBytes) {
            throw new HpackError("table size above the setting");
        }
        maxTableBytes = bytes;
        evictTo(bytes);
    }

    private void add(byte[] name, byte[] value) {
        int size = name.length + value.length + ENTRY_OVERHEAD;
        evictTo(maxTableBytes - size);
        if (size > maxTableBytes) {
            return;
        }
        if (entries == names.length) {
            grow();
        }
        newest = (newest + 1) & (names.length - 1);
        names[newest] = name;
        values[newest] = value;
        entries++;
        tableBytes += size;
    }

    private void evictTo(int bytes) {
        while (entries > 0 && tableBytes > bytes) {
            int oldest = (newest - entries + 1) & (names.length - 1);
            tableBytes -= names[oldest].length + values[oldest].length + ENTRY_OVERHEAD;
            entries--;
        }
    }

    private void grow() {
        int length = names.length;
        byte[][] moreNames = new byte[length * 2][];
        byte[][] moreValues = new byte[length * 2][];
        for (int i = 0; i < entries; i++) {
            int from = (newest - entries + 1 + i) & (length - 1);
            moreNames[i] = names[from];
            moreValues[i] = values[from];
        }
        names = moreNames;
        values = moreValues;
        newest = entries - 1;
    }
}
