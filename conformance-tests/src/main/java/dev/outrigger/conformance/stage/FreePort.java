// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for listeners whose configuration must name one. They are below the range from which
 * systems choose ports themselves, so that one is still free when a proxy binds it. Any thread.
 */
public final class FreePort {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    /** Each JVM of a run has its own half, as far as ports go: there are two at once. */
    private static final int OF_ONE_FORK = 6_000;

    /** Two runs on one machine begin at different places. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(
                    FIRST
                            + (Integer.getInteger("surefire.forkNumber", 0) & 1) * OF_ONE_FORK
                            + (int) (ProcessHandle.current().pid() % 200) * 20);

    private FreePort() {}

    /** A port of 127.0.0.1 that is free and not given out before. */
    public static int next() throws IOException {
        while (true) {
            int port = NEXT.getAndIncrement();
            try (var probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (BindException e) {
                if (port > LAST) {
                    throw new IOException("no free port up to " + port, e);
                }
            }
        }
    }
}
