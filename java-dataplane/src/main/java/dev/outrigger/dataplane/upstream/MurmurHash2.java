// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** MurmurHash64A with the seed of the C++ library, the other hash of {@code RING_HASH}. */
final class MurmurHash2 {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0xc6a4a7935bd1e995L;
    private static final long SEED = 0xc70f6907L;

    private MurmurHash2() {}

    static long hash(byte[] bytes, int length) {
        long hash = SEED ^ (length * MULTIPLIER);
        int whole = length & ~7;
        for (int i = 0; i < whole; i += 8) {
            long word = mix((long) WORD.get(bytes, i) * MULTIPLIER) * MULTIPLIER;
            hash = (hash ^ word) * MULTIPLIER;
        }
        if (whole < length) {
            long rest = 0;
            for (int i = length - 1; i >= whole; i--) {
                rest = (rest << 8) | (bytes[i] & 0xff);
            }
            hash = (hash ^ rest) * MULTIPLIER;
        }
        return mix(mix(hash) * MULTIPLIER);
    }

    private static long mix(long value) {
        return value ^ (value >>> 47);
    }
}
