// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A length-prefixed message of gRPC, not compressed, of given size. */
public final class GrpcMessage {

    private static final int PREFIX = 5;

    private GrpcMessage() {}

    /** The message with its prefix. */
    public static byte[] of(int bytes) {
        var message = new byte[PREFIX + bytes];
        Arrays.fill(message, PREFIX, message.length, (byte) 'x');
        ByteBuffer.wrap(message).putInt(1, bytes);
        return message;
    }
}
