// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import java.util.Arrays;

/**
 * Encodes header blocks of one connection (RFC 7541) with the fields every peer knows and plain
 * literals. It keeps no table of its own, which costs some bytes on a loopback hop and saves the
 * work of a search per field; the peer is told so in the first block. Confined to the connection's
 * event loop.
 */
final class HpackEncoder {
    private static final int[] STATIC_INDEX = new int[KnownHeader.COUNT];
    private static final int NO_TABLE = 0x20;
    private static final int AUTHORITY = 1;
    private static final int METHOD_GET = 2;
    private static final int METHOD_POST = 3;
    private static final int PATH = 4;
    private static final int SCHEME_HTTP = 6;
    private static final int SCHEME_HTTPS = 7;
    private static final int STATUS_BYTES = ":status".length();
    private static final byte[] PROTOCOL = Ascii.bytes(":protocol");

    static {
        for (int id = 1; id < KnownHeader.COUNT; id++) {
            STATIC_INDEX[id] = HpackStaticTable.find(KnownHeader.text(id));
        }
    }

    private final byte[] decimal = new byte[10];
    private byte[] out = new byte[512];
    private int size;
    private int fieldBytes;
    private boolean announced;

    /** Begins a block. */
    void begin() {
        size = 0;
        fieldBytes = 0;
        if (!announced) {
            announced = true;
            put(NO_TABLE);
        }
    }

    byte[] bytes() {
        return out;
    }

    int size() {
        return size;
    }

    /** The names and values of the block, before compression. */
    int fieldBytes() {
        return fieldBytes;
    }

    void status(int code) {
        int index = HpackStaticTable.status(code);
        if (index > 0) {
            fieldBytes += STATUS_BYTES + 3;
            put(0x80 | index);
            return;
        }
        put(HpackStaticTable.STATUS);
        // An upstream over HTTP/1 may have said a number of any length.
        int digits = Ascii.writeDecimal(code, decimal, 0);
        fieldBytes += STATUS_BYTES + digits;
        put(digits);
        for (int i = 0; i < digits; i++) {
            put(decimal[i]);
        }
    }

    void method(byte[] data, int offset, int length) {
        fieldBytes += ":method".length() + length;
        if (length == 3 && data[offset] == 'G' && data[offset + 1] == 'E') {
            put(0x80 | METHOD_GET);
        } else if (length == 4 && data[offset] == 'P' && data[offset + 1] == 'O') {
            put(0x80 | METHOD_POST);
        } else {
            put(METHOD_GET);
            string(data, offset, length);
        }
    }

    void scheme(boolean https) {
        fieldBytes += ":scheme".length() + (https ? "https" : "http").length();
        put(0x80 | (https ? SCHEME_HTTPS : SCHEME_HTTP));
    }

    void authority(byte[] data, int offset, int length) {
        fieldBytes += ":authority".length() + length;
        put(AUTHORITY);
        string(data, offset, length);
    }

    void path(byte[] data, int offset, int length) {
        fieldBytes += ":path".length() + length;
        if (length == 1 && data[offset] == '/') {
            put(0x80 | PATH);
        } else {
            put(PATH);
            string(data, offset, length);
        }
    }

    /** {@code :protocol} of an extended CONNECT (RFC 8441). */
    void protocol(byte[] data, int offset, int length) {
        fieldBytes += PROTOCOL.length + length;
        put(0);
        string(PROTOCOL, 0, PROTOCOL.length);
        string(data, offset, length);
    }

    /** All fields but those of the mask. */
    void fields(HeaderBlock headers, long without) {
        byte[] data = headers.data();
        for (int i = 0; i < headers.limit(); i++) {
            if (!headers.isLive(i)) {
                continue;
            }
            int id = headers.id(i);
            if (id == KnownHeader.UNKNOWN) {
                put(0);
                string(data, headers.nameOffset(i), headers.nameLength(i));
            } else if (KnownHeader.isIn(without, id)) {
                continue;
            } else if (STATIC_INDEX[id] > 0) {
                integer(0, 4, STATIC_INDEX[id]);
            } else {
                byte[] name = KnownHeader.name(id);
                put(0);
                string(name, 0, name.length);
            }
            string(data, headers.valueOffset(i), headers.valueLength(i));
            fieldBytes += headers.nameBytes(i) + headers.valueLength(i);
        }
    }

    private void string(byte[] data, int offset, int length) {
        integer(0, 7, length);
        ensure(length);
        System.arraycopy(data, offset, out, size, length);
        size += length;
    }

    private void integer(int first, int bits, int value) {
        int mask = (1 << bits) - 1;
        if (value < mask) {
            put(first | value);
            return;
        }
        put(first | mask);
        int rest = value - mask;
        while (rest >= 0x80) {
            put((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        put(rest);
    }

    private void put(int value) {
        ensure(1);
        out[size++] = (byte) value;
    }

    private void ensure(int more) {
        if (out.length - size < more) {
            out = Arrays.copyOf(out, Math.max(out.length * 2, size + more));
        }
    }
}
