// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.io.IOException;
import java.io.InputStream;

/**
 * A connection that carries HTTP/1 text, whatever it becomes below: plain, encrypted, or a stream
 * of an HTTP/2 connection. Written to and closed by any thread, read by one.
 */
interface Wire extends AutoCloseable {

    /** What comes; its end is the peer's FIN, its failure the peer's RST. */
    InputStream in() throws IOException;

    /** Sends all of it before it returns. */
    void write(byte[] bytes) throws IOException;

    /** Says that nothing more is written; what comes is still read. */
    void finish() throws IOException;

    /** Ends the connection with RST. */
    void abort() throws IOException;

    int localPort();

    /** Says that the connection ends once the answer is there, where there are words for it. */
    default void announceEnd() throws IOException {}

    /** Whether the peer has said that it takes no further request. */
    default boolean isLeaving() {
        return false;
    }

    @Override
    void close() throws IOException;
}
