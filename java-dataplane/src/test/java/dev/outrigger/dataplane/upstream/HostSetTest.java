// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shares of priorities and panic (LB2, LB4), with the examples of Envoy's documentation. */
class HostSetTest {
    private final TestClusters clusters = new TestClusters();

    @AfterEach
    void close() {
        clusters.close();
    }

    /** Hosts of a priority: {@code h} healthy, {@code u} unhealthy, {@code d} degraded. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    hhhh       | 100        | 0       | none
                    hhhh hhhh  | 100 0      | 0 0     | none
                    hhhu hhhh  | 100 0      | 0 0     | none
                    hhuu hhhh  | 70 30      | 0 0     | none
                    huuu hhhh  | 35 65      | 0 0     | none
                    uuuu hhhh  | 0 100      | 0 0     | none
                    huuu huuu  | 50 50      | 0 0     | all
                    huuuuuu hhuu | 23 77    | 0 0     | first
                    uuuu uuuu  | 50 50      | 0 0     | all
                    uuuu uuuuu | 45 55      | 0 0     | all
                    uuuu       | 100        | 0       | all
                    dddd       | 0          | 100     | none
                    dddd hhhh  | 0 100      | 0 0     | none
                    hduu uuuu  | 50 0       | 50 0    | last
                    """)
    void sharesTrafficByHealth(String hosts, String healthy, String degraded, String panic) {
        HostSet set = clusters.apply(cluster(hosts, "")).hostSet();

        assertThat(text(set.load().healthy())).isEqualTo(healthy);
        assertThat(text(set.load().degraded())).isEqualTo(degraded);
        for (int i = 0; i < set.priorities(); i++) {
            boolean expected =
                    switch (panic) {
                        case "all" -> true;
                        case "first" -> i == 0;
                        case "last" -> i == set.priorities() - 1;
                        default -> false;
                    };
            assertThat(set.isPanic(i)).as("priority %s", i).isEqualTo(expected);
        }
    }

    @Test
    void choosesNobodyWhereNobodyIsUsableAndNobodyPanics() {
        Cluster cluster =
                clusters.apply(
                        cluster("uu", "common_lb_config: {healthy_panic_threshold: {value: 0}}"));

        assertThat(clusters.picks(cluster, 1, LoadBalancerContext.NONE)).containsExactly(0);
        assertThat(clusters.counter("cluster.c.lb_healthy_panic")).isZero();
    }

    @Test
    void givesTheLoadToOthersWithoutAnAttemptedPriority() {
        HostSet set = clusters.apply(cluster("hh hh", "")).hostSet();

        PriorityLoad load = requireNonNull(set.loadWithout(new boolean[] {true, false}));

        assertThat(load.healthy()).containsExactly(0, 100);
        assertThat(set.loadWithout(new boolean[] {true, true})).isNull();
    }

    @Test
    void countsMembersByTheirHealth() {
        clusters.apply(cluster("hhud", ""));

        assertThat(clusters.gauge("cluster.c.membership_total")).isEqualTo(4);
        assertThat(clusters.gauge("cluster.c.membership_healthy")).isEqualTo(2);
        assertThat(clusters.gauge("cluster.c.membership_degraded")).isEqualTo(1);
        assertThat(clusters.counter("cluster.c.membership_change")).isEqualTo(1);
    }

    @Test
    void goesRoundByWeight() {
        Cluster cluster =
                clusters.apply(
                        """
                        name: w
                        load_assignment:
                          cluster_name: w
                          endpoints:
                          - lb_endpoints:
                            - {load_balancing_weight: 3, endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}
                            - {load_balancing_weight: 1, endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 2}}}}
                        """);

        assertThat(clusters.distribution(cluster, 400)).containsEntry(1, 300).containsEntry(2, 100);
    }

    @Test
    void goesRoundLocalitiesByTheirWeight() {
        Cluster cluster =
                clusters.apply(
                        """
                        name: w
                        common_lb_config: {locality_weighted_lb_config: {}}
                        load_assignment:
                          cluster_name: w
                          endpoints:
                          - locality: {zone: a}
                            load_balancing_weight: 3
                            lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]
                          - locality: {zone: b}
                            load_balancing_weight: 1
                            lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 2}}}}]
                        """);

        assertThat(clusters.distribution(cluster, 400)).containsEntry(1, 300).containsEntry(2, 100);
    }

    @Test
    void takesTheHostWithTheFewestRequestsOfAll() {
        Cluster cluster =
                clusters.apply(
                        cluster(
                                "hhhh",
                                """
                                load_balancing_policy:
                                  policies:
                                  - typed_extension_config:
                                      name: least
                                      typed_config:
                                        "@type": type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest
                                        selection_method: FULL_SCAN
                                """));
        for (Host host : cluster.hosts()) {
            host.counters(0).add(HostCounters.RQ_ACTIVE, host.address().getPort());
        }

        assertThat(clusters.picks(cluster, 3, LoadBalancerContext.NONE)).containsExactly(1, 1, 1);
    }

    @Test
    void beginsSlowlyWithAHostThatIsNew() {
        String slow = "round_robin_lb_config: {slow_start_config: {slow_start_window: 10s}}";
        Cluster cluster = clusters.apply(cluster("h", slow));
        // Nobody has asked for a host so far: the first one is not new all the same.
        clusters.loop.advance(java.time.Duration.ofSeconds(60));

        // The same cluster with one more host: another assignment of the same configuration.
        var more = clusters.assignmentOf(cluster("hh", slow));
        clusters.apply(new dev.outrigger.dataplane.config.ActiveCluster(cluster.config(), more));

        var counts = clusters.distribution(cluster, 110);
        assertThat(counts.get(2)).isBetween(8, 14);
        clusters.loop.advance(java.time.Duration.ofSeconds(11));
        assertThat(clusters.distribution(cluster, 100).get(2)).isBetween(45, 55);
    }

    @Test
    void prefersTheHostARequestNames() {
        Cluster cluster = clusters.apply(cluster("hhhu", ""));

        var picked = clusters.picks(cluster, 3, new Named("127.0.0.1:3", false));
        var unhealthy = clusters.picks(cluster, 1, new Named("127.0.0.1:4", true));

        assertThat(picked).containsExactly(3, 3, 3);
        assertThat(unhealthy).containsExactly(0);
    }

    private record Named(String overrideHost, boolean overrideHostStrict)
            implements LoadBalancerContext {}

    private static String text(int[] numbers) {
        var text = new StringBuilder();
        for (int number : numbers) {
            text.append(text.isEmpty() ? "" : " ").append(number);
        }
        return text.toString();
    }

    private static String cluster(String priorities, String fields) {
        var yaml = new StringBuilder("name: c\n" + fields);
        yaml.append("\nload_assignment:\n  cluster_name: c\n  endpoints:\n");
        int port = 1;
        int priority = 0;
        for (String hosts : priorities.trim().split(" ")) {
            yaml.append("  - priority: ").append(priority++).append("\n    lb_endpoints:\n");
            for (int at = 0; at < hosts.length(); at++) {
                char host = hosts.charAt(at);
                yaml.append("    - {health_status: ")
                        .append(host == 'h' ? "HEALTHY" : host == 'u' ? "UNHEALTHY" : "DEGRADED")
                        .append(", endpoint: {address: {socket_address: {address: 127.0.0.1,")
                        .append(" port_value: ")
                        .append(port++)
                        .append("}}}}\n");
            }
        }
        return yaml.toString();
    }
}
