// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.proxyless;

import java.io.IOException;

/** A gRPC client that finds its servers by xDS. */
interface GrpcCaller extends AutoCloseable {
    /**
     * Calls a method with an empty message.
     *
     * @return {@code OK} and the answer, or {@code FAILED}, the status code and the message
     */
    String call(String target, String method) throws IOException;

    @Override
    void close();
}
