// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.upstream.OutlierMonitor.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hosts that answer badly are taken out for a while (5.7). */
class OutlierDetectionTest {
    private static final String PREFIX = "cluster.c.outlier_detection.ejections_";

    private final TestClusters clusters = new TestClusters();

    @AfterEach
    void close() {
        clusters.close();
    }

    @Test
    void ejectsAfterFiveErrorsInARow() {
        List<Host> hosts = hosts(10, "");

        answer(hosts.get(0), 500, 4);
        answer(hosts.get(0), 200, 1);
        answer(hosts.get(0), 500, 4);
        assertThat(hosts.get(0).isHealthy()).isTrue();
        answer(hosts.get(0), 503, 1);

        assertThat(hosts.get(0).healthFlags()).isEqualTo("/failed_outlier_check");
        assertThat(counter("enforced_consecutive_5xx")).isEqualTo(1);
        assertThat(counter("enforced_total")).isEqualTo(1);
        assertThat(counter("total")).isEqualTo(1);
        assertThat(clusters.gauge(PREFIX + "active")).isEqualTo(1);
        assertThat(clusters.gauge("cluster.c.membership_healthy")).isEqualTo(9);
    }

    @Test
    void ejectsNobodyOfFewerThanTenByDefault() {
        List<Host> hosts = hosts(9, "");

        answer(hosts.get(0), 500, 5);

        assertThat(hosts.get(0).isHealthy()).isTrue();
        assertThat(counter("overflow")).isEqualTo(1);
        assertThat(counter("detected_consecutive_5xx")).isEqualTo(1);
    }

    @Test
    void ejectsOneWhereThatIsAlwaysAllowed() {
        List<Host> hosts = hosts(3, "always_eject_one_host: true");

        answer(hosts.get(0), 500, 5);
        answer(hosts.get(1), 500, 5);

        assertThat(hosts.get(0).isHealthy()).isFalse();
        assertThat(hosts.get(1).isHealthy()).isTrue();
    }

    @Test
    void takesAHostBackAtTheIntervalAfterItsTimeAndKeepsItOutLongerTheNextTime() {
        List<Host> hosts = hosts(10, "base_ejection_time: 15s");
        answer(hosts.get(0), 500, 5);

        clusters.loop.advance(Duration.ofSeconds(19));
        assertThat(hosts.get(0).isHealthy()).isFalse();
        clusters.loop.advance(Duration.ofSeconds(1));
        assertThat(hosts.get(0).isHealthy()).isTrue();

        answer(hosts.get(0), 500, 5);
        clusters.loop.advance(Duration.ofSeconds(29));
        assertThat(hosts.get(0).isHealthy()).isFalse();
        clusters.loop.advance(Duration.ofSeconds(1));
        assertThat(hosts.get(0).isHealthy()).isTrue();
    }

    @Test
    void detectsGatewayFailuresWithoutActingOnThemByDefault() {
        List<Host> hosts = hosts(10, "consecutive_5xx: 100");

        answer(hosts.get(0), 502, 5);

        assertThat(hosts.get(0).isHealthy()).isTrue();
        assertThat(counter("detected_consecutive_gateway_failure")).isEqualTo(1);
        assertThat(counter("enforced_consecutive_gateway_failure")).isZero();
    }

    @Test
    void countsFailuresOfItsOwnAsErrorsOfTheHostUnlessTheyAreSplit() {
        List<Host> together = hosts(10, "consecutive_5xx: 2");
        fail(together.get(0), 2);
        assertThat(counter("enforced_consecutive_5xx")).isEqualTo(1);

        List<Host> split =
                hosts(
                        10,
                        "consecutive_5xx: 2, consecutive_local_origin_failure: 3,"
                                + " split_external_local_origin_errors: true");
        fail(split.get(0), 3);

        assertThat(counter("enforced_consecutive_5xx")).isEqualTo(1);
        assertThat(counter("enforced_consecutive_local_origin_failure")).isEqualTo(1);
    }

    @Test
    void ejectsAHostThatIsMuchWorseThanTheOthers() {
        List<Host> hosts = hosts(10, "consecutive_5xx: 1000");
        for (Host host : hosts.subList(1, 10)) {
            answer(host, 200, 100);
        }
        answer(hosts.get(0), 200, 50);
        answer(hosts.get(0), 500, 50);

        clusters.loop.advance(Duration.ofSeconds(10));

        assertThat(hosts.get(0).isHealthy()).isFalse();
        assertThat(counter("enforced_success_rate")).isEqualTo(1);
        var view = clusters.clusters.views().getFirst();
        assertThat(view.outlier().orElseThrow().successRateAverage()).isEqualTo(95);
        assertThat(view.hosts().getFirst().successRate()).isEqualTo(50);
    }

    @Test
    void ejectsByTheShareOfFailuresWhereThatIsEnforced() {
        List<Host> hosts =
                hosts(
                        10,
                        "consecutive_5xx: 1000, enforcing_success_rate: 0,"
                                + " enforcing_failure_percentage: 100");
        for (Host host : hosts.subList(1, 10)) {
            answer(host, 200, 50);
        }
        answer(hosts.get(0), 500, 50);

        clusters.loop.advance(Duration.ofSeconds(10));

        assertThat(hosts.get(0).isHealthy()).isFalse();
        assertThat(counter("enforced_failure_percentage")).isEqualTo(1);
    }

    @Test
    void countsErrorsAsAMonitorIsTold() {
        List<Host> hosts =
                hosts(
                        10,
                        "consecutive_5xx: 1000, monitors: [{name: m, typed_config: {\"@type\":"
                                + " type.googleapis.com/envoy.extensions.outlier_detection_monitors.consecutive_errors.v3.ConsecutiveErrors,"
                                + " name: teapots, threshold: 2, enforcing: 100, error_buckets:"
                                + " {http_errors: [{range: {start: 418, end: 419}}]}}}]");

        answer(hosts.get(0), 418, 1);
        answer(hosts.get(0), 200, 1);
        answer(hosts.get(0), 418, 2);

        assertThat(hosts.get(0).isHealthy()).isFalse();
        assertThat(counter("enforced_total")).isEqualTo(1);
    }

    private long counter(String name) {
        return clusters.counter(PREFIX + name);
    }

    private void answer(Host host, int code, int times) {
        for (int i = 0; i < times; i++) {
            host.putHttpResponseCode(code);
        }
        clusters.loop.advance(Duration.ZERO);
    }

    private void fail(Host host, int times) {
        for (int i = 0; i < times; i++) {
            host.putResult(Result.LOCAL_ORIGIN_CONNECT_FAILED, 0);
        }
        clusters.loop.advance(Duration.ZERO);
    }

    private List<Host> hosts(int count, String fields) {
        var yaml = new StringBuilder("name: c\noutlier_detection: {" + fields + "}\n");
        yaml.append("load_assignment:\n  cluster_name: c\n  endpoints:\n  - lb_endpoints:\n");
        for (int i = 1; i <= count; i++) {
            yaml.append("    - endpoint: {address: {socket_address: {address: 127.0.0.1,")
                    .append(" port_value: ")
                    .append(i)
                    .append("}}}\n");
        }
        return new ArrayList<>(clusters.apply(yaml.toString()).hosts());
    }
}
