// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives out folders and free loopback ports. */
public final class Sites {

    private final Path root;
    private int given;

    public Sites(Path root) {
        this.root = root;
    }

    /** A new site behind which the given upstream is. Not thread-safe. */
    public Site next(String name, int upstreamPort) throws IOException {
        var folder = Files.createDirectories(root.resolve(given++ + "-" + name));
        // Both sockets are open at once so that the two ports differ.
        try (var first = anyPort();
                var second = anyPort()) {
            return new Site(folder, first.getLocalPort(), second.getLocalPort(), upstreamPort);
        }
    }

    private static ServerSocket anyPort() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
