// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.telemetry.XxHash64;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The same key picks the same host as with a real Envoy (LB12, LB13). */
class HashingPicksTest {
    private static final int FIRST_PORT = 10001;

    private final TestClusters clusters = new TestClusters();

    @AfterEach
    void close() {
        clusters.close();
    }

    static Stream<Arguments> clustersOfEnvoysRun() throws IOException {
        Map<String, String> picks = new HashMap<>();
        for (String line : lines("hashing-picks.txt")) {
            picks.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
        }
        return lines("hashing-clusters.txt").stream()
                .map(line -> {
                    String name = line.substring("{\"name\": \"".length());
                    name = name.substring(0, name.indexOf('"'));
                    return Arguments.of(name, line, Objects.requireNonNull(picks.get(name)));
                });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clustersOfEnvoysRun")
    void picksWhatEnvoyPicked(String name, String cluster, String picks) {
        Cluster applied = clusters.apply(cluster);

        var ours = new StringBuilder();
        for (int i = 0; i < picks.length(); i++) {
            long hash = XxHash64.hash(("key-" + i).getBytes(UTF_8));
            int port = clusters.picks(applied, 1, hashed(hash, 0)).getFirst();
            ours.append(port - FIRST_PORT);
        }

        assertThat(ours).as(name).hasToString(picks);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ring, ring_hash_lb.size, 1025",
        "ring, ring_hash_lb.min_hashes_per_host, 205",
        "ring-small, ring_hash_lb.size, 10",
        "ring-max, ring_hash_lb.size, 5",
        "ring-weighted, ring_hash_lb.size, 105",
        "ring-weighted, ring_hash_lb.min_hashes_per_host, 7",
        "ring-weighted, ring_hash_lb.max_hashes_per_host, 35",
        "ring-locality, ring_hash_lb.max_hashes_per_host, 16",
        "ring-priorities, ring_hash_lb.size, 66",
        "maglev, maglev_lb.min_entries_per_host, 13107",
        "maglev-weighted, maglev_lb.min_entries_per_host, 68",
        "maglev-weighted, maglev_lb.max_entries_per_host, 335",
        "maglev-locality, maglev_lb.max_entries_per_host, 252",
    })
    void saysOfItsTableWhatEnvoySays(String name, String stat, long value) throws IOException {
        for (String line : lines("hashing-clusters.txt")) {
            if (line.startsWith("{\"name\": \"" + name + "\"")) {
                clusters.apply(line);
            }
        }

        assertThat(clusters.gauge("cluster." + name + "." + stat)).isEqualTo(value);
    }

    @Test
    void goesOnToOtherEntriesForHostsThatAreRejected() {
        Cluster cluster = clusters.apply(fourHosts("lb_policy: RING_HASH"));
        long hash = XxHash64.hash("a".getBytes(UTF_8));
        int first = clusters.picks(cluster, 1, hashed(hash, 0)).getFirst();

        var picked =
                clusters.picks(
                        cluster,
                        1,
                        new Hashed(hash, 50) {
                            @Override
                            public boolean shouldSelectAnotherHost(Host host) {
                                return host.address().getPort() == first;
                            }
                        });

        assertThat(picked).doesNotContain(first);
    }

    @Test
    void passesOverAHostWithMoreThanItsShare() {
        Cluster cluster =
                clusters.apply(
                        fourHosts(
                                """
                                lb_policy: MAGLEV
                                common_lb_config:
                                  consistent_hashing_lb_config: {hash_balance_factor: 100}
                                """));
        long hash = XxHash64.hash("a".getBytes(UTF_8));
        int first = clusters.picks(cluster, 1, hashed(hash, 0)).getFirst();
        for (Host host : cluster.hosts()) {
            if (host.address().getPort() == first) {
                host.counters(0).add(HostCounters.RQ_ACTIVE, 10);
            }
        }

        var picked = clusters.picks(cluster, 2, hashed(hash, 0));

        assertThat(picked).doesNotContain(first);
        assertThat(picked.get(0)).isEqualTo(picked.get(1));
    }

    private static String fourHosts(String fields) {
        return "name: four\n"
                + fields
                + "\nload_assignment:\n  cluster_name: four\n  endpoints:\n  - lb_endpoints:\n"
                + String.join(
                        "",
                        IntStream.range(1, 5)
                                .mapToObj(i ->
                                        "    - endpoint: {address: {socket_address: {address:"
                                                + " 127.0.0.1, port_value: "
                                                + i
                                                + "}}}\n")
                                .toList());
    }

    private static LoadBalancerContext hashed(long hash, int retries) {
        return new Hashed(hash, retries);
    }

    /** A request whose route has a hash policy. */
    private static class Hashed implements LoadBalancerContext {
        private final long hash;
        private final int retries;

        Hashed(long hash, int retries) {
            this.hash = hash;
            this.retries = retries;
        }

        @Override
        public boolean hasHash() {
            return true;
        }

        @Override
        public long hash() {
            return hash;
        }

        @Override
        public int hostSelectionRetryCount() {
            return retries;
        }
    }

    private static List<String> lines(String file) throws IOException {
        var stream = Objects.requireNonNull(HashingPicksTest.class.getResourceAsStream(file));
        try (var reader = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
            return Arrays.stream(reader.lines().toArray(String[]::new))
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }
}
