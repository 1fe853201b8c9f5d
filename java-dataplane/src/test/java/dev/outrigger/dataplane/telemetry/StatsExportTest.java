// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected texts were printed by Envoy 1.40.0 for the same observations. */
class StatsExportTest {
    /** What Envoy recorded in the run these texts come from. */
    private static final long[] OBSERVED = {0, 1, 14, 47, 47, 49, 49, 52, 60, 61};

    private final StatsStore stats = new StatsStore(2);

    @Test
    void printsQuantilesAsEnvoyDoes() {
        record();

        assertThat(StatsExport.text(stats, StatsQuery.ALL).all())
                .isEqualTo(
                        "cluster.b.upstream_rq_time: P0(0,0) P25(14.5,14.5)"
                                + " P50(47.666666666666664,47.666666666666664) P75(52.5,52.5)"
                                + " P90(60.5,60.5) P95(61.5,61.5) P99(61.5,61.5) P99.5(61.5,61.5)"
                                + " P99.9(61.5,61.5) P100(61.5,61.5)\n");
    }

    @Test
    void printsNanForAnIntervalWithoutObservations() {
        record();
        stats.mergeHistograms();

        assertThat(StatsExport.text(stats, StatsQuery.ALL).all())
                .contains("P0(nan,0) P25(nan,14.5)");
    }

    @Test
    void printsBucketsAsEnvoyDoes() {
        record();

        assertThat(StatsExport.text(stats, with(StatsQuery.Buckets.CUMULATIVE)).all())
                .isEqualTo(
                        "cluster.b.upstream_rq_time: B0.5(1,1) B1(2,2) B5(2,2) B10(2,2) B25(3,3)"
                                + " B50(7,7) B100(10,10) B250(10,10) B500(10,10) B1000(10,10)"
                                + " B2500(10,10) B5000(10,10) B10000(10,10) B30000(10,10)"
                                + " B60000(10,10) B300000(10,10) B600000(10,10) B1.8e+06(10,10)"
                                + " B3.6e+06(10,10)\n");
        assertThat(StatsExport.text(stats, with(StatsQuery.Buckets.DETAILED)).all())
                .contains(
                        "\n  totals=0,0:1, 1,0.1:1, 14,1:1, 47,1:2, 49,1:2, 52,1:1, 60,1:1, 61,1:1")
                .contains("\n  summary=P0(0,0) P25(14.5,14.5)");
    }

    @Test
    void ordersTextsThenNumbersThenHistograms() {
        stats.shard(0).set(stats.gauge("b"), 2);
        stats.shard(0).inc(stats.counter("c"));
        stats.counter("a");
        stats.histogram("A");
        stats.text("z", "v\"");

        assertThat(StatsExport.text(stats, StatsQuery.ALL).all())
                .isEqualTo("z: \"v\"\"\na: 0\nb: 2\nc: 1\nA: No recorded values\n");
        assertThat(StatsExport.json(stats, StatsQuery.ALL).all())
                .startsWith(
                        "{\"stats\":[{\"name\":\"z\",\"value\":\"v\\\"\"},{\"name\":\"a\","
                                + "\"value\":0},{\"name\":\"b\",\"value\":2},{\"name\":\"c\","
                                + "\"value\":1},{\"histograms\":{\"supported_quantiles\":[0,25,50,75,90,"
                                + "95,99,99.5,99.9,100],\"computed_quantiles\":[{\"name\":\"A\","
                                + "\"values\":[{\"cumulative\":null,\"interval\":null},");
    }

    @Test
    void leavesOutWhatWasNeverWrittenOrDoesNotMatch() {
        stats.counter("cluster.a.never");
        stats.shard(0).inc(stats.counter("cluster.a.once"));
        stats.shard(0).inc(stats.counter("http.a.once"));
        var query =
                new StatsQuery(
                        true,
                        Optional.of(Pattern.compile("^cluster")),
                        false,
                        StatsQuery.Type.ALL,
                        StatsQuery.Buckets.SUMMARY,
                        StatsQuery.Hidden.EXCLUDE,
                        false);

        assertThat(StatsExport.text(stats, query).all()).isEqualTo("cluster.a.once: 1\n");
    }

    @Test
    void printsPrometheusHistogramsAsEnvoyDoes() {
        record();

        assertThat(PrometheusExport.text(stats, with(StatsQuery.Buckets.CUMULATIVE)).all())
                .startsWith(
                        """
                        # TYPE envoy_cluster_upstream_rq_time histogram
                        envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="b",le="0.5"} 1
                        envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="b",le="1"} 2
                        """)
                .endsWith(
                        """
                        envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="b",le="3600000"} 10
                        envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="b",le="+Inf"} 10
                        envoy_cluster_upstream_rq_time_sum{envoy_cluster_name="b"} 383.99679116560093916632467880845
                        envoy_cluster_upstream_rq_time_count{envoy_cluster_name="b"} 10
                        """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '`',
            value = {
                "cluster.default/b/80.upstream_rq_503"
                        + " envoy_cluster_upstream_rq{envoy_response_code=\"503\",envoy_cluster_name=\"default/b/80\"}",
                "cluster.dyn.external.upstream_rq_5xx"
                        + " envoy_cluster_external_upstream_rq_xx{envoy_response_code_class=\"5\",envoy_cluster_name=\"dyn\"}",
                "cluster.dns.x_1.upstream_rq_total envoy_cluster_x_1_upstream_rq_total{envoy_cluster_name=\"dns\"}",
                "cluster.b.circuit_breakers.default.cx_open"
                        + " envoy_cluster_circuit_breakers_default_cx_open{envoy_cluster_name=\"b\"}",
                "http.out.downstream_rq_2xx"
                        + " envoy_http_downstream_rq_xx{envoy_response_code_class=\"2\",envoy_http_conn_manager_prefix=\"out\"}",
                "http.out.rds.outbound/d.config_reload"
                        + " envoy_http_rds_config_reload{envoy_rds_route_config=\"outbound/d\",envoy_http_conn_manager_prefix=\"out\"}",
                "listener.127.0.0.1_80.worker_0.downstream_cx_total"
                        + " envoy_listener_worker_downstream_cx_total{envoy_worker_id=\"0\",envoy_listener_address=\"127.0.0.1_80\"}",
                "listener.0.0.0.0_80.http.p.downstream_rq_completed"
                        + " envoy_listener_http_downstream_rq_completed{envoy_http_conn_manager_prefix=\"p\",envoy_listener_address=\"0.0.0.0_80\"}",
                "listener.admin.downstream_cx_total envoy_listener_admin_downstream_cx_total{}",
                "cluster_manager.cds.config_reload envoy_cluster_manager_cds_config_reload{}",
            })
    void takesTagsOutOfNamesAsEnvoyDoes(String name, String line) {
        stats.shard(0).inc(stats.counter(name));

        assertThat(PrometheusExport.text(stats, StatsQuery.ALL).all())
                .endsWith("\n" + line + " 1\n");
    }

    @ParameterizedTest
    @CsvSource({
        "c1,814672407442807801",
        "1,13237225503670494420",
        "4,10464417414901951369",
        "e1,375412022058588663"
    })
    void hashesVersionsAsEnvoyDoes(String version, String hash) {
        long value = XxHash64.hash(version.getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(Long.toUnsignedString(value)).isEqualTo(hash);
    }

    private void record() {
        var histogram = stats.histogram("cluster.b.upstream_rq_time");
        for (long value : OBSERVED) {
            stats.shard((int) value % 2).record(histogram, value);
        }
        stats.mergeHistograms();
    }

    private static StatsQuery with(StatsQuery.Buckets buckets) {
        return new StatsQuery(
                false,
                Optional.empty(),
                false,
                StatsQuery.Type.ALL,
                buckets,
                StatsQuery.Hidden.EXCLUDE,
                false);
    }
}
