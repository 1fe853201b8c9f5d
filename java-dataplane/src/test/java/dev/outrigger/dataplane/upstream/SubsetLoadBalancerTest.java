// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.MetadataCriteria.Criterion;
import dev.outrigger.dataplane.config.MetadataValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which hosts a request may have whose route asks for metadata (5.4). */
class SubsetLoadBalancerTest {
    private final TestClusters clusters = new TestClusters();

    @AfterEach
    void close() {
        clusters.close();
    }

    private static String host(int port, String metadata) {
        return "{metadata: {filter_metadata: {envoy.lb: {"
                + metadata
                + "}}}, endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: "
                + port
                + "}}}}";
    }

    /** Versions 1 and 2 at two stages, and a host that says nothing. */
    private Cluster cluster(String subsets) {
        return clusters.apply(
                "name: c\ntype: STATIC\nlb_subset_config: "
                        + subsets
                        + "\nload_assignment: {cluster_name: c, endpoints: [{lb_endpoints: ["
                        + String.join(
                                ", ",
                                host(1, "v: '1', stage: prod"),
                                host(2, "v: '2', stage: prod"),
                                host(3, "v: '1', stage: dev"),
                                host(4, ""))
                        + "]}]}");
    }

    /** {@code k=v} each, in the order of keys. */
    private static LoadBalancerContext wanting(String... pairs) {
        var criteria = new ArrayList<Criterion>();
        for (String pair : pairs) {
            String[] parts = pair.split("=", 2);
            criteria.add(new Criterion(parts[0], new MetadataValue.Text(parts[1])));
        }
        return new LoadBalancerContext() {
            @Override
            public @Nullable MetadataCriteria metadataCriteria() {
                return criteria.isEmpty() ? null : new MetadataCriteria(criteria);
            }
        };
    }

    private Set<Integer> chosen(Cluster cluster, String... wanted) {
        return new TreeSet<>(clusters.picks(cluster, 12, wanting(wanted)));
    }

    @Test
    void choosesAmongTheHostsThatSayTheSame() {
        Cluster cluster = cluster("{subset_selectors: [{keys: [v]}, {keys: [stage, v]}]}");

        assertThat(chosen(cluster, "v=1")).containsExactly(1, 3);
        assertThat(chosen(cluster, "stage=prod", "v=1")).containsExactly(1);
        assertThat(clusters.counter("cluster.c.lb_subsets_selected")).isEqualTo(24);
    }

    @Test
    void hasNobodyWhereNoSelectorHasTheKeys() {
        Cluster cluster = cluster("{subset_selectors: [{keys: [v]}]}");

        assertThat(chosen(cluster, "stage=prod")).containsExactly(0);
        assertThat(chosen(cluster, "v=3")).containsExactly(0);
    }

    @ParameterizedTest
    @CsvSource({"NO_FALLBACK, 0", "ANY_ENDPOINT, 1 2 3 4", "DEFAULT_SUBSET, 1 2"})
    void fallsBackAsItIsTold(String policy, String expected) {
        Cluster cluster =
                cluster(
                        "{fallback_policy: "
                                + policy
                                + ", default_subset: {stage: prod}, subset_selectors: [{keys:"
                                + " [v]}]}");

        assertThat(chosen(cluster, "v=3")).isEqualTo(ports(expected));
        assertThat(chosen(cluster)).isEqualTo(ports(expected));
    }

    private static Set<Integer> ports(String text) {
        var ports = new TreeSet<Integer>();
        List.of(text.split(" ")).forEach(port -> ports.add(Integer.valueOf(port)));
        return ports;
    }

    @ParameterizedTest
    @CsvSource({"NO_FALLBACK, 0", "ANY_ENDPOINT, 1 2 3 4", "DEFAULT_SUBSET, 1 2"})
    void fallsBackAsTheSelectorIsTold(String policy, String expected) {
        Cluster cluster =
                cluster(
                        "{fallback_policy: ANY_ENDPOINT, default_subset: {stage: prod},"
                                + " subset_selectors: [{keys: [v], fallback_policy: "
                                + policy
                                + "}]}");

        assertThat(chosen(cluster, "v=3")).isEqualTo(ports(expected));
    }

    @Test
    void leavesKeysAwayWhereTheSelectorSaysSo() {
        Cluster cluster =
                cluster(
                        "{subset_selectors: [{keys: [stage, v], fallback_policy: KEYS_SUBSET,"
                                + " fallback_keys_subset: [stage]}, {keys: [stage]}]}");

        assertThat(chosen(cluster, "stage=prod", "v=9")).containsExactly(1, 2);
    }

    @Test
    void panicsOnlyWhereItMay() {
        String none =
                "fallback_policy: DEFAULT_SUBSET, default_subset: {stage: none},"
                        + " subset_selectors: [{keys: [v]}]";

        assertThat(chosen(cluster("{" + none + "}"), "v=9")).containsExactly(0);
        assertThat(chosen(cluster("{panic_mode_any: true, " + none + "}"), "v=9"))
                .containsExactly(1, 2, 3, 4);
        assertThat(clusters.counter("cluster.c.lb_subsets_fallback_panic")).isPositive();
    }

    @Test
    void countsItsSubsetsOnEachThreadAsEnvoy() {
        cluster("{subset_selectors: [{keys: [v]}, {keys: [stage]}]}");

        assertThat(clusters.gauge("cluster.c.lb_subsets_active")).isEqualTo(8);
        assertThat(clusters.counter("cluster.c.lb_subsets_created")).isEqualTo(8);
    }
}
