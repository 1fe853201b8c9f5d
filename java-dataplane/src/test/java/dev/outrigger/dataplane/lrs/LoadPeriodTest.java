// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.lrs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.lrs.LoadPeriod.ClusterLoad;
import dev.outrigger.dataplane.lrs.LoadPeriod.Drops;
import dev.outrigger.dataplane.lrs.LoadPeriod.HostLoad;
import dev.outrigger.dataplane.lrs.LoadPeriod.Place;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadPeriodTest {
    private static final Place HERE = new Place("r", "z", "", 0);
    private static final Place THERE = new Place("r", "y", "", 1);

    private static final Drops NO_DROPS = new Drops(0, 0, "");

    private List<ClusterLoad> loads = List.of();
    private final LoadPeriod period = new LoadPeriod(() -> loads);

    @Test
    void reportsWhatWasDoneSinceTheLastReport() {
        loads = List.of(new ClusterLoad("a", "svc", List.of(host(HERE, 5, 1, 0)), NO_DROPS));
        period.begin(true, List.of(), false, 0);

        loads = List.of(new ClusterLoad("a", "svc", List.of(host(HERE, 9, 2, 3)), NO_DROPS));
        var first = period.report(TimeUnit.SECONDS.toNanos(2));
        var second = period.report(TimeUnit.SECONDS.toNanos(3));

        assertThat(first).hasSize(1);
        var stats = first.getFirst();
        assertThat(stats.getClusterServiceName()).isEqualTo("svc");
        assertThat(stats.getLoadReportInterval().getSeconds()).isEqualTo(2);
        var locality = stats.getUpstreamLocalityStats(0);
        assertThat(locality.getTotalSuccessfulRequests()).isEqualTo(4);
        assertThat(locality.getTotalErrorRequests()).isEqualTo(1);
        assertThat(locality.getTotalRequestsInProgress()).isEqualTo(3);
        assertThat(second.getFirst().getUpstreamLocalityStats(0).getTotalSuccessfulRequests())
                .isZero();
    }

    @Test
    void leavesOutLocalitiesThatDidNothing() {
        period.begin(true, List.of(), false, 0);

        loads =
                List.of(
                        new ClusterLoad(
                                "a",
                                "",
                                List.of(host(HERE, 0, 0, 0), host(THERE, 1, 0, 0)),
                                NO_DROPS));
        period.begin(true, List.of(), false, 0);
        loads =
                List.of(
                        new ClusterLoad(
                                "a",
                                "",
                                List.of(host(HERE, 0, 0, 0), host(THERE, 2, 0, 0)),
                                NO_DROPS));
        var report = period.report(1).getFirst();

        assertThat(report.getUpstreamLocalityStatsList())
                .singleElement()
                .satisfies(each -> assertThat(each.getLocality().getZone()).isEqualTo("y"));
    }

    @Test
    void reportsOnlyClustersTheServerNamed() {
        loads =
                List.of(
                        new ClusterLoad("a", "", List.of(host(HERE, 1, 0, 0)), NO_DROPS),
                        new ClusterLoad("b", "", List.of(host(HERE, 1, 0, 0)), NO_DROPS));
        period.begin(false, List.of("b"), true, 0);

        var report = period.report(1);

        assertThat(report)
                .singleElement()
                .satisfies(each -> assertThat(each.getClusterName()).isEqualTo("b"));
    }

    @Test
    void tellsWhatWasDroppedSinceTheLastReport() {
        loads = List.of(new ClusterLoad("a", "", List.of(), new Drops(3, 1, "throttle")));
        period.begin(true, List.of(), false, 0);

        loads = List.of(new ClusterLoad("a", "", List.of(), new Drops(5, 4, "throttle")));
        var first = period.report(1).getFirst();
        var second = period.report(2).getFirst();

        assertThat(first.getTotalDroppedRequests()).isEqualTo(2);
        assertThat(first.getDroppedRequestsList())
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.getCategory()).isEqualTo("throttle");
                    assertThat(each.getDroppedCount()).isEqualTo(3);
                });
        assertThat(second.getTotalDroppedRequests()).isZero();
        assertThat(second.getDroppedRequestsList()).isEmpty();
    }

    @Test
    void leavesOutEndpointsThatDidNothing() {
        period.begin(true, List.of(), true, 0);
        loads = List.of(new ClusterLoad("a", "", List.of(host(HERE, 0, 0, 0)), NO_DROPS));
        period.begin(true, List.of(), true, 0);

        var idle = new HostLoad("10.0.0.9", 81, HERE, 0, 0, 0, 0);
        loads = List.of(new ClusterLoad("a", "", List.of(host(HERE, 1, 0, 0), idle), NO_DROPS));
        var locality = period.report(1).getFirst().getUpstreamLocalityStats(0);

        assertThat(locality.getUpstreamEndpointStatsList()).hasSize(1);
    }

    private static HostLoad host(Place place, long succeeded, long failed, long inProgress) {
        return new HostLoad(
                "10.0.0." + (1 + place.priority()),
                80,
                place,
                succeeded,
                failed,
                succeeded + failed,
                inProgress);
    }
}
