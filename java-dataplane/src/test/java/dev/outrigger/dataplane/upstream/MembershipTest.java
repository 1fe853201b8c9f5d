// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who belongs to a cluster, and what is counted when that changes. */
class MembershipTest {
    private static final String NAMES =
            """
            name: c
            type: STRICT_DNS
            load_assignment:
              cluster_name: c
              endpoints:
                - lb_endpoints:
                    - {load_balancing_weight: 3, endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}
                    - {load_balancing_weight: 2, endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 2}}}}
            """;

    private final TestClusters clusters = new TestClusters();
    private final Map<String, ClusterConfig> configs = new HashMap<>();

    @AfterEach
    void close() {
        clusters.close();
    }

    @Test
    void countsTheTransportSocketOfEachNameOnce() {
        findOneAfterTheOther();

        assertThat(clusters.counter("cluster.c.default.total_match_count")).isEqualTo(2);
    }

    @Test
    void tellsTheWeightOfTheNameFoundLast() {
        findOneAfterTheOther();

        assertThat(clusters.gauge("cluster.c.max_host_weight")).isEqualTo(2);
    }

    @Test
    void hasAHostForEachEndpointOfAStaticCluster() {
        clusters.apply(twice("STATIC"));

        assertThat(clusters.gauge("cluster.c.membership_total")).isEqualTo(2);
    }

    @Test
    void hasOneHostForEachAddressOfAnAssignment() {
        clusters.apply(twice(EDS));

        assertThat(clusters.gauge("cluster.c.membership_total")).isEqualTo(1);
        assertThat(clusters.counter("cluster.c.update_no_rebuild")).isZero();
    }

    @Test
    void countsAnAssignmentThatChangesNothing() {
        clusters.apply(twice(EDS));

        clusters.apply(twice(EDS, 2));
        assertThat(clusters.counter("cluster.c.update_no_rebuild")).isZero();
        clusters.apply(twice(EDS, 2));
        clusters.apply(twice(EDS, 2));

        assertThat(clusters.counter("cluster.c.update_no_rebuild")).isEqualTo(2);
        assertThat(clusters.counter("cluster_manager.cluster_updated")).isEqualTo(1);
    }

    @Test
    void countsTheTransportSocketsOfAnAssignmentThatIsRepeated() {
        Cluster cluster = clusters.apply(twice(EDS));
        assertThat(clusters.counter("cluster.c.default.total_match_count")).isEqualTo(1);

        cluster.repeat();

        assertThat(clusters.counter("cluster.c.default.total_match_count")).isEqualTo(2);
    }

    /** Its requests may still take routes to the cluster: those that lead elsewhere come before. */
    @Test
    void keepsTheHostsOfARemovedClusterForAWorkerThatHasNotHeardOfIt() {
        Cluster cluster = clusters.apply(twice("STATIC"));
        clusters.keepBusy();

        clusters.remove("c");

        assertThat(clusters.clusters.find("c")).isNull();
        assertThat(clusters.gauge("cluster.c.membership_total")).isZero();
        assertThat(clusters.picks(cluster, 2, LoadBalancerContext.NONE)).containsOnly(1);
        clusters.workOff();
        assertThat(clusters.picks(cluster, 2, LoadBalancerContext.NONE)).containsOnly(0);
    }

    private static final String EDS =
            "EDS\neds_cluster_config: {eds_config: {ads: {}, resource_api_version: V3}}";

    private ActiveCluster twice(String type) {
        return twice(type, 1);
    }

    /** The same address in two places, of which the first has that weight. */
    private ActiveCluster twice(String type, int weight) {
        String endpoint =
                "endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}";
        var hosts =
                clusters.assignmentOf(
                        "name: c\ntype: STATIC\nload_assignment: {cluster_name: c, endpoints:"
                                + " [{lb_endpoints: [{load_balancing_weight: "
                                + weight
                                + ", "
                                + endpoint
                                + "}, {"
                                + endpoint
                                + "}]}]}");
        return new ActiveCluster(
                configs.computeIfAbsent(type, _ -> clusters.configOf("name: c\ntype: " + type)),
                hosts);
    }

    private void findOneAfterTheOther() {
        var all = clusters.assignmentOf(NAMES);
        var config = clusters.configOf(NAMES);
        clusters.apply(new ActiveCluster(config, first(all, 1)));
        clusters.apply(new ActiveCluster(config, first(all, 2)));
    }

    private static EndpointAssignment first(EndpointAssignment all, int count) {
        LocalityEndpoints locality = all.localities().getFirst();
        return all.withLocalities(
                List.of(locality.withEndpoints(locality.endpoints().subList(0, count))));
    }
}
