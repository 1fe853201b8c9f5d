// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

/**
 * The Huffman code of header compression (RFC 7541 appendix B). The code is canonical, so it
 * follows from the lengths alone. Decoding takes four bits at a time through a table of states.
 * Immutable.
 */
final class Huffman {
    /** How many bits each byte value takes; the last is the end of a string, which nobody sends. */
    private static final byte[] LENGTHS = {
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30,
        28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5,
        7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22,
        22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23,
        22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22,
        21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26,
        26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20,
        24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27,
        27, 28, 27, 27, 27, 27, 27, 26, 30,
    };

    private static final int SYMBOLS = LENGTHS.length;
    private static final int END = SYMBOLS - 1;
    private static final int LONGEST = 30;
    private static final int FAIL = 0xffff;

    /**
     * For a state and four bits: the next state, with a byte that is complete in the upper half.
     */
    private static final int[] STEPS;

    private static final int HAS_BYTE = 1 << 24;

    /** Whether a string may end in a state: fewer than eight bits are open, all of them ones. */
    private static final boolean[] MAY_END;

    static {
        var tree = new Tree();
        int code = 0;
        for (int length = 1; length <= LONGEST; length++) {
            code <<= 1;
            for (int symbol = 0; symbol < SYMBOLS; symbol++) {
                if (LENGTHS[symbol] == length) {
                    tree.add(code++, length, symbol);
                }
            }
        }
        STEPS = new int[tree.nodes * 16];
        MAY_END = new boolean[tree.nodes];
        for (int node = 0; node < tree.nodes; node++) {
            for (int bits = 0; bits < 16; bits++) {
                STEPS[node * 16 + bits] = tree.walk(node, bits);
            }
        }
        int open = 0;
        for (int depth = 0; depth < 8; depth++) {
            MAY_END[open] = true;
            open = tree.children[open * 2 + 1];
        }
    }

    private Huffman() {}

    /** The code as a tree, needed only while the tables are made. */
    private static final class Tree {
        /** Two for each node: another node, or a symbol as its negative, less one. */
        final int[] children = new int[SYMBOLS * 2];

        int nodes = 1;

        void add(int code, int length, int symbol) {
            int node = 0;
            for (int bit = length - 1; bit > 0; bit--) {
                int at = node * 2 + ((code >>> bit) & 1);
                if (children[at] == 0) {
                    children[at] = nodes++;
                }
                node = children[at];
            }
            children[node * 2 + (code & 1)] = -1 - symbol;
        }

        int walk(int from, int bits) {
            int node = from;
            int result = 0;
            for (int bit = 3; bit >= 0; bit--) {
                int child = children[node * 2 + ((bits >>> bit) & 1)];
                if (child < 0) {
                    int symbol = -1 - child;
                    if (symbol == END) {
                        return FAIL;
                    }
                    result = HAS_BYTE | (symbol << 16);
                    node = 0;
                } else {
                    node = child;
                }
            }
            return result | node;
        }
    }

    /**
     * Decodes a string.
     *
     * @param target has room for eight bytes for each five of the source
     * @return the length of the text, or -1 where the code is broken
     */
    static int decode(byte[] source, int offset, int length, byte[] target) {
        int state = 0;
        int size = 0;
        for (int i = offset; i < offset + length; i++) {
            int step = STEPS[state * 16 + ((source[i] >>> 4) & 15)];
            if (step == FAIL) {
                return -1;
            }
            if (step >= HAS_BYTE) {
                target[size++] = (byte) (step >>> 16);
            }
            step = STEPS[(step & 0xffff) * 16 + (source[i] & 15)];
            if (step == FAIL) {
                return -1;
            }
            if (step >= HAS_BYTE) {
                target[size++] = (byte) (step >>> 16);
            }
            state = step & 0xffff;
        }
        return MAY_END[state] ? size : -1;
    }

    /** How many bytes a text may become by decoding so many. */
    static int maxDecoded(int length) {
        return length * 8 / 5 + 1;
    }
}
