// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Outrigger's own server, as the launcher starts it. It is changed by its REST API, durable writes
 * included, where the others' caches are changed directly.
 */
final class OutriggerContender implements Contender {
    static final String NAME = "outrigger";
    private static final int BATCH = 400;
    private static final Duration START = Duration.ofSeconds(60);

    private final Path launcher;
    private final String flags;
    private final String commit;

    /**
     * @param launcher the script that users start, so that what is measured is what ships: flags,
     *     AOT cache and all
     * @param flags JVM flags beside the launcher's, by blanks
     */
    OutriggerContender(Path launcher, String flags, String commit) {
        this.launcher = launcher;
        this.flags = flags;
        this.commit = commit;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return flags.isEmpty() ? commit : commit + " " + flags;
    }

    @Override
    public Server start(Content content, Path folder) throws IOException, InterruptedException {
        int rest = Child.freePort();
        int admin = Child.freePort();
        int xds = Child.freePort();
        var command =
                List.of(
                        launcher.toString(),
                        "server",
                        "--rest=127.0.0.1:" + rest,
                        "--admin=127.0.0.1:" + admin,
                        "--xds=127.0.0.1:" + xds,
                        "--store=" + folder.resolve("store.db"));
        var environment = Map.of("OUTRIGGER_NO_BUILD", "1", "OUTRIGGER_JAVA_OPTS", flags);
        var server =
                new Server(
                        Child.start(
                                Cores.SERVER, folder.resolve("server.log"), command, environment),
                        rest,
                        admin,
                        xds);
        try {
            server.awaitStart();
            for (String batch : content.documents(BATCH)) {
                server.apply(batch);
            }
            return server;
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
    }

    /** A running server. Confined to one thread. */
    static final class Server implements Running {
        private final Child child;
        private final int rest;
        private final int admin;
        private final int xds;
        private @Nullable RestConnection connection;
        private String moved = "";

        private Server(Child child, int rest, int admin, int xds) {
            this.child = child;
            this.rest = rest;
            this.admin = admin;
            this.xds = xds;
        }

        private void awaitStart() throws IOException, InterruptedException {
            long deadline = System.nanoTime() + START.toNanos();
            while (true) {
                try {
                    connection = RestConnection.open(rest);
                    return;
                } catch (IOException e) {
                    if (System.nanoTime() > deadline || !child.isAlive()) {
                        throw new IOException("outrigger did not start: see server.log", e);
                    }
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        }

        @Override
        public ProcessHandle process() {
            return child.handle();
        }

        @Override
        public int port() {
            return xds;
        }

        /** Stores documents; returns when they are durable. */
        void apply(String documents) throws IOException {
            connection()
                    .send("POST", "/api/v1/apply", "Content-Type: application/yaml\r\n", documents);
        }

        private RestConnection connection() {
            return Objects.requireNonNull(connection, "connection");
        }

        /** A sample of the Prometheus text whose name and labels begin so; NaN if there is none. */
        double metric(String prefix) throws IOException {
            try (var metrics = RestConnection.open(admin)) {
                return metrics.send("GET", "/metrics", "", "")
                        .lines()
                        .filter(line -> line.startsWith(prefix))
                        .mapToDouble(
                                line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                        .findFirst()
                        .orElse(Double.NaN);
            }
        }

        @Override
        public void changeCluster(String marker, int port) throws IOException {
            apply(Content.rawCluster(marker, port));
        }

        @Override
        public void changeEndpoints(int port) throws IOException {
            apply(Content.service(Content.SERVICE, port));
        }

        @Override
        public void addHost(String domain, int upstream) throws IOException {
            apply(Content.service(name(domain), upstream));
        }

        @Override
        public void moveHost(String domain, String cluster, int upstream) throws IOException {
            var name = name(domain);
            apply(
                    Content.service(name, upstream)
                            + "---\n"
                            + Content.service(cluster, upstream)
                            + "---\n"
                            + Content.route(name, cluster));
            if (!moved.isEmpty()) {
                connection().send("DELETE", "/api/v1/services/" + moved, "If-Match: *\r\n", "");
            }
            moved = cluster;
        }

        private static String name(String domain) {
            return domain.substring(0, domain.indexOf('.')).toLowerCase(Locale.ROOT);
        }

        @Override
        public void close() {
            child.close();
            try {
                if (connection != null) {
                    connection.close();
                }
            } catch (IOException e) {
                // The server is gone, and with it the connection.
            }
        }
    }
}
