// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * Ports for listeners whose configuration must name one. They are below the range from which
 * systems choose ports themselves, so that one is still free when a proxy binds it, and in a block
 * that is this JVM's alone: proxies share ports silently (SO_REUSEPORT), so that a port given out
 * by two JVMs at once would be answered by whichever proxy is there first. Any thread.
 */
public final class FreePort {
    private static final int FIRST = 20_000;
    private static final int END = 32_700;
    private static final int BLOCK = 100;
    private static final int BLOCKS = (END - FIRST) / BLOCK;

    /** Where the next search for a block begins: in turn, as listeners may linger. */
    private static int nextBlock = (int) (ProcessHandle.current().pid() * 7 % BLOCKS);

    /** The UDP ports by which the block in use, and the one before, are claimed. */
    private static @Nullable DatagramSocket claim;

    private static @Nullable DatagramSocket earlierClaim;

    private static int next = END;
    private static int end = END;

    private FreePort() {}

    /** A port of 127.0.0.1 that is free, and that no JVM was given lately. */
    public static synchronized int next() throws IOException {
        while (true) {
            if (next == end) {
                claimBlock();
            }
            int port = next++;
            try (var probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (BindException e) {
                // Somebody else's: the block has others.
            }
        }
    }

    /**
     * The first of that many ports in a row, each as {@link #next} gives it.
     *
     * @param count at most as many as a block has
     */
    public static synchronized int range(int count) throws IOException {
        if (count < 1 || count > BLOCK) {
            throw new IllegalArgumentException("count: " + count + " (expected: 1.." + BLOCK + ")");
        }
        int first = next();
        for (int last = first; last - first + 1 < count; ) {
            int another = next();
            if (another != last + 1) {
                first = another;
            }
            last = another;
        }
        return first;
    }

    private static void claimBlock() throws IOException {
        for (int tried = 0; tried < BLOCKS; tried++) {
            int first = FIRST + nextBlock * BLOCK;
            nextBlock = (nextBlock + 1) % BLOCKS;
            try {
                var claimed =
                        new DatagramSocket(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), first));
                if (earlierClaim != null) {
                    earlierClaim.close();
                }
                earlierClaim = claim;
                claim = claimed;
                next = first;
                end = first + BLOCK;
                return;
            } catch (SocketException e) {
                // Another JVM's.
            }
        }
        throw new IOException("every block of ports from " + FIRST + " to " + END + " is claimed");
    }
}
