// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A length-prefixed message of gRPC, not compressed, of given size. */
public final class GrpcMessage {

    private static final int PREFIX = 5;

    private GrpcMessage() {}

    /** So many messages, one behind the other, each with its prefix. */
    public static byte[] of(int bytes, int count) {
        var messages = new byte[(PREFIX + bytes) * count];
        Arrays.fill(messages, (byte) 'x');
        for (int at = 0; at < messages.length; at += PREFIX + bytes) {
            ByteBuffer.wrap(messages, at, PREFIX).put((byte) 0).putInt(bytes);
        }
        return messages;
    }
}
