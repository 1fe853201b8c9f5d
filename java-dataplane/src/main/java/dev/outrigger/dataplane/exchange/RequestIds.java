// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import java.util.random.RandomGenerator;

/** Makes {@code x-request-id} values: lower-case UUIDs of version 4 (Q1). */
public final class RequestIds {
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };
    private static final int LENGTH = 36;

    private RequestIds() {}

    public static byte[] next(RandomGenerator random) {
        long high = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L;
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        byte[] id = new byte[LENGTH];
        int at = digits(high, 60, 32, id, 0);
        id[at++] = '-';
        at = digits(high, 28, 16, id, at);
        id[at++] = '-';
        at = digits(high, 12, 0, id, at);
        id[at++] = '-';
        at = digits(low, 60, 48, id, at);
        id[at++] = '-';
        digits(low, 44, 0, id, at);
        return id;
    }

    private static int digits(long bits, int from, int to, byte[] out, int offset) {
        int at = offset;
        for (int shift = from; shift >= to; shift -= 4) {
            out[at++] = HEX[(int) (bits >>> shift) & 15];
        }
        return at;
    }
}
