// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The clients' process, see {@code xdsclient}. Confined to one thread. */
final class FleetProcess implements AutoCloseable {
    private final Child child;

    private FleetProcess(Child child) {
        this.child = child;
    }

    /**
     * What the clients came to; times are of the machine's monotonic clock.
     *
     * @param failed connections that the server ended
     */
    record Seen(int count, long p50, long p99, long last, long bytes, long resources, int failed) {
        private static Seen of(String line) {
            var words = line.split(" ");
            return new Seen(
                    Integer.parseInt(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]),
                    Long.parseLong(words[5]),
                    Long.parseLong(words[6]),
                    Integer.parseInt(words[7]));
        }
    }

    static FleetProcess start(Path java, Path log, int port, int clusters) throws IOException {
        return new FleetProcess(
                Child.start(
                        Cores.LOAD,
                        log,
                        List.of(
                                java.toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx1g",
                                "-XX:-UsePerfData",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.outrigger.benchmarks.xdsclient.FleetMain",
                                Integer.toString(port),
                                Integer.toString(clusters),
                                Content.ROUTE)));
    }

    Seen probe(Path into, Duration limit) throws IOException {
        return Seen.of(child.ask("probe " + into + " " + limit.toSeconds()));
    }

    Seen join(int size, Duration limit) throws IOException {
        return Seen.of(child.ask("join " + size + " " + limit.toSeconds()));
    }

    /**
     * All clients wait for responses of these types.
     *
     * @param types c, e, l, r
     * @param marker text in a cluster, or "-"
     */
    void expect(String types, String marker, Duration limit) throws IOException {
        child.ask("expect " + types + " " + marker);
        child.say("await " + limit.toSeconds());
    }

    /** When they have seen what they were to expect. */
    Seen await() throws IOException {
        return Seen.of(child.answer());
    }

    long drop() throws IOException {
        return Long.parseLong(child.ask("drop").split(" ")[1]);
    }

    Seen comeBack(String types, String marker, Duration limit) throws IOException {
        return Seen.of(child.ask("back " + types + " " + marker + " " + limit.toSeconds()));
    }

    /** Lets the clients read for a while; returns the bytes they have received up to then. */
    long linger(Duration time) throws IOException {
        return Long.parseLong(child.ask("linger " + time.toMillis()).split(" ")[1]);
    }

    @Override
    public void close() {
        child.close();
    }
}
