// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.SeenConnection;
import java.io.IOException;
import java.time.Duration;

/** One real connection of a client. Used by one thread. */
interface ClientConnection extends AutoCloseable {
    int localPort();

    /** Sends requests, or parts of them, that are written as those of HTTP/1. */
    void send(String text);

    /** Resets the stream that was opened last, where there are streams. */
    void resetStream(int code);

    void closeWrite();

    void reset() throws IOException;

    boolean awaitResponses(int count, Duration limit);

    boolean awaitEnd(Duration limit);

    /** Waits for the end, until nothing has been sent or has come for so long. */
    void awaitSettled(Duration duration);

    /** Waits until nothing has come for so long, or for twice that since the latest send. */
    void awaitQuiet(Duration duration);

    /** What was seen so far; the connection's end is the one known now. */
    SeenConnection seen();

    /** Whether the proxy has ended the connection, or has answered that it will. */
    boolean isLeft();

    /** Whether the proxy said that it would close, or left a response unfinished. */
    boolean closeIsDue();

    @Override
    void close() throws IOException;
}
