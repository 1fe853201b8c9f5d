// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.RequestProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives out folders and free loopback ports. */
public final class Sites {

    private final Path root;
    private final Line line;
    private final Surroundings surroundings;
    private final Certificates certificates;
    private int given;

    private Sites(Path root, Line line, Surroundings surroundings, Certificates certificates) {
        this.root = root;
        this.line = line;
        this.surroundings = surroundings;
        this.certificates = certificates;
    }

    /**
     * Sites for one line, in subfolders.
     *
     * @throws IOException if the line needs certificates that cannot be made
     */
    public static Sites under(Path root, Line line, Surroundings surroundings)
            throws IOException, InterruptedException {
        return new Sites(
                root,
                line,
                surroundings,
                line.hasTls()
                        ? Certificates.make(root, RequestProfile.HOST)
                        : Certificates.in(root));
    }

    /** What is spoken at every site. */
    public Line line() {
        return line;
    }

    /** A new site behind which the given upstream is. Not thread-safe. */
    public Site next(String name, int upstreamPort) throws IOException {
        var folder = Files.createDirectories(root.resolve(given++ + "-" + name));
        // Both sockets are open at once so that the two ports differ.
        try (var first = anyPort();
                var second = anyPort()) {
            return new Site(
                    folder,
                    first.getLocalPort(),
                    second.getLocalPort(),
                    upstreamPort,
                    line,
                    surroundings,
                    certificates);
        }
    }

    private static ServerSocket anyPort() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
