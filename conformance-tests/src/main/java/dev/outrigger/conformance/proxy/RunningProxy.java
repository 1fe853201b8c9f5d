// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import java.io.IOException;
import java.util.Map;

/** A proxy that serves. Any thread. */
public interface RunningProxy extends AutoCloseable {

    /** The port of 127.0.0.1 of each listener, by name, as the admin port tells it. */
    Map<String, Integer> listenerPorts() throws IOException;

    /** The port of the admin listener. */
    int adminPort();

    /** Asks the admin port. */
    AdminReply admin(String method, String path) throws IOException;

    /** What the process printed so far, for error messages. */
    String output();

    @Override
    void close();
}
