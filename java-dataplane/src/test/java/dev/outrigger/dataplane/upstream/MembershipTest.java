// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is counted when the names of a cluster are found one after the other. */
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
