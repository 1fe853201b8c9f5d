// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.re2;

import java.util.Arrays;

/** Instructions by number, as RE2 writes them before it flattens them. The first fails. */
final class Program {
    static final byte FAIL = 0;
    static final byte ALT = 1;
    static final byte ALT_MATCH = 2;
    static final byte BYTES = 3;
    static final byte CAPTURE = 4;
    static final byte PLACE = 5;
    static final byte MATCH = 6;
    static final byte NOP = 7;

    private final int limit;
    private byte[] ops = new byte[64];
    private int[] outs = new int[64];
    private int[] alternatives = new int[64];
    private boolean[] anyByte = new boolean[64];
    private int size = 1;

    Program(int limit) {
        this.limit = limit;
    }

    /** The number of the new instruction; throws where there are too many. */
    int add(byte op) {
        if (size >= limit) {
            throw new TooLargeException();
        }
        if (size == ops.length) {
            ops = Arrays.copyOf(ops, 2 * size);
            outs = Arrays.copyOf(outs, 2 * size);
            alternatives = Arrays.copyOf(alternatives, 2 * size);
            anyByte = Arrays.copyOf(anyByte, 2 * size);
        }
        ops[size] = op;
        return size++;
    }

    int size() {
        return size;
    }

    byte op(int id) {
        return ops[id];
    }

    void become(int id, byte op) {
        ops[id] = op;
    }

    int out(int id) {
        return outs[id];
    }

    void setOut(int id, int to) {
        outs[id] = to;
    }

    /** Where else an alternative goes. */
    int alternative(int id) {
        return alternatives[id];
    }

    void setAlternative(int id, int to) {
        alternatives[id] = to;
    }

    /** Whether the instruction takes whatever byte there is. */
    boolean isAnyByte(int id) {
        return anyByte[id];
    }

    void takeAnyByte(int id) {
        anyByte[id] = true;
    }

    /** The pattern has more instructions than RE2's memory for them holds. */
    static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLargeException() {
            super("pattern too large - compile failed", null, false, false);
        }
    }
}
