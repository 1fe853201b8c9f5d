// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.cli.demo.DemoPorts.SidecarPorts;
import dev.outrigger.cli.demo.FailureDraws.Prediction;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutcomeTest {
    private static final Measured WITHOUT = measured(800, 1000, 0, new Prediction(800, 1000));
    private static final Measured WITH = measured(992, 1240, 240, new Prediction(992, 1240));

    @Test
    void isContentWhenEverythingAgrees() {
        assertThat(outcome(WITHOUT, WITH, 404, 503).differences()).isEmpty();
    }

    @Test
    void namesEveryDifference() {
        var retriesUncounted = measured(992, 1240, 239, new Prediction(992, 1240));
        var lost = measured(799, 1000, 0, new Prediction(800, 1000));

        assertThat(outcome(lost, retriesUncounted, 200, 503).differences())
                .containsExactly(
                        "Envoy: without a policy, successes: 799 (expected: 800)",
                        "Envoy: with the retry policy, own retry stat beside B's surplus: 239"
                                + " (expected: 240)",
                        "Envoy: status for an unknown service: 200 (expected: 404)");
    }

    @Test
    void showsBothSidesInOneTable() {
        var lines = Report.lines(List.of(outcome(WITHOUT, WITH, 404, 503)));

        assertThat(lines)
                .contains(
                        "  succeeded                         80.0 %",
                        "  succeeded                         99.2 %",
                        "  retries by the proxy's own stat   240 = B's surplus",
                        "  unknown service                   404",
                        "  service that is down              503");
    }

    private static Measured measured(
            int succeeded, long received, long retries, Prediction expected) {
        return new Measured(
                new Traffic.Round(1000, succeeded, 1_200, 9_870, Optional.empty()),
                received,
                retries,
                expected);
    }

    private static Outcome outcome(Measured without, Measured with, int unknown, int down) {
        var sidecar =
                new Sidecar(
                        "envoy",
                        "Envoy",
                        new SidecarPorts(1, 2, 3),
                        new AdminClient(3),
                        Optional::empty);
        return new Outcome(sidecar, without, with, unknown, down, 200);
    }
}
