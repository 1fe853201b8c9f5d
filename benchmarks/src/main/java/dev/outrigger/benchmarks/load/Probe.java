// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

/** Whether somebody who was started is ready. */
@FunctionalInterface
public interface Probe {

    /** Asks once; not, while nobody listens. */
    boolean isAnswered(int port) throws IOException, InterruptedException;

    /** Ready is who answers a request with a 200. */
    static Probe of(Generator generator, RequestProfile request) {
        var oneRequest = new LoadLimit(Duration.ofSeconds(5), 1);
        return port -> {
            try {
                return generator
                                .run(port, request, new LoadShape.ClosedLoop(1), oneRequest)
                                .requests()
                        > 0;
            } catch (ConnectException notYet) {
                return false;
            }
        };
    }

    /** Ready is who listens: for those whom no generator can ask, for want of a certificate. */
    static Probe ofConnection() {
        return port -> {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (ConnectException notYet) {
                return false;
            }
        };
    }
}
