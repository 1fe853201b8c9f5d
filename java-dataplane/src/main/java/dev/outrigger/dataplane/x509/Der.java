// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import java.util.Arrays;

/**
 * Reads DER (X.690) element by element. Every length is checked against what is there; confined to
 * its user.
 */
final class Der {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_ID = 0x06;
    static final int UTF8_STRING = 0x0c;
    static final int UNIVERSAL_STRING = 0x1c;
    static final int BMP_STRING = 0x1e;
    static final int T61_STRING = 0x14;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    private final byte[] bytes;
    private final int end;
    private int position;

    Der(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private Der(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    boolean hasMore() {
        return position < end;
    }

    /**
     * The next element.
     *
     * @throws MalformedException when there is none or it is longer than what is left
     */
    Element next() throws MalformedException {
        int start = position;
        int tag = read();
        if ((tag & 0x1f) == 0x1f) {
            throw new MalformedException("a tag of more than one byte");
        }
        int length = read();
        if (length >= 0x80) {
            int count = length & 0x7f;
            if (count == 0 || count > 4) {
                throw new MalformedException("a length of " + count + " bytes");
            }
            long value = 0;
            for (int i = 0; i < count; i++) {
                value = value << 8 | read();
            }
            if (value > end - position) {
                throw new MalformedException("an element longer than what is there");
            }
            length = (int) value;
        }
        if (length > end - position) {
            throw new MalformedException("an element longer than what is there");
        }
        int content = position;
        position += length;
        return new Element(bytes, tag, start, content, position);
    }

    /** The next element, which must be of this kind. */
    Element next(int tag) throws MalformedException {
        Element element = next();
        if (element.tag() != tag) {
            throw new MalformedException("tag " + element.tag() + " (expected: " + tag + ")");
        }
        return element;
    }

    private int read() throws MalformedException {
        if (position >= end) {
            throw new MalformedException("the end");
        }
        return bytes[position++] & 0xff;
    }

    /** A tag, its content and where both are. */
    static final class Element {
        private final byte[] source;
        private final int tag;
        private final int start;
        private final int contentStart;
        private final int end;

        private Element(byte[] source, int tag, int start, int contentStart, int end) {
            this.source = source;
            this.tag = tag;
            this.start = start;
            this.contentStart = contentStart;
            this.end = end;
        }

        int tag() {
            return tag;
        }

        /** The elements inside. */
        Der inside() {
            return new Der(source, contentStart, end);
        }

        byte[] content() {
            return Arrays.copyOfRange(source, contentStart, end);
        }

        /** Tag, length and content. */
        byte[] whole() {
            return Arrays.copyOfRange(source, start, end);
        }

        int length() {
            return end - contentStart;
        }
    }

    /** An object identifier's content as dotted numbers. */
    static String objectId(byte[] content) throws MalformedException {
        var text = new StringBuilder();
        long value = 0;
        boolean first = true;
        for (byte b : content) {
            if (value > Long.MAX_VALUE >> 8) {
                throw new MalformedException("an object identifier's part beyond 64 bits");
            }
            value = value << 7 | (b & 0x7f);
            if ((b & 0x80) != 0) {
                continue;
            }
            if (first) {
                long root = Math.min(value / 40, 2);
                text.append(root).append('.').append(value - root * 40);
                first = false;
            } else {
                text.append('.').append(value);
            }
            value = 0;
        }
        return text.toString();
    }

    /** Bytes that are no DER. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String what) {
            super("not DER: " + what);
        }
    }
}
