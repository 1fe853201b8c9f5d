// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemoServiceTest {
    @Test
    void failsTheAttemptsThatTheDrawsName() throws Exception {
        var draws = new FailureDraws(1, 0.5);
        try (var service = DemoService.start("B", 0, draws);
                var traffic = new Traffic()) {
            for (int request = 1; request <= 20; request++) {
                for (int attempt = 1; attempt <= 3; attempt++) {
                    int status = traffic.status(service.port(), "b", "1/envoy/" + request);

                    assertThat(status).isEqualTo(draws.fails(1, request, attempt) ? 500 : 200);
                }
            }
            assertThat(service.received(1, "envoy")).isEqualTo(60);
            assertThat(service.received(1, "java")).isZero();
        }
    }

    @Test
    void roundMeasuresWhatCameBack() throws Exception {
        var draws = new FailureDraws(1, 0.2);
        try (var service = DemoService.start("B", 0, draws);
                var traffic = new Traffic()) {
            var round = traffic.send(1, "envoy", service.port(), "b", 300, 8);

            assertThat(round.succeeded()).isEqualTo(draws.predict(1, 300, 0).succeeded());
            assertThat(round.failure()).isEmpty();
            assertThat(round.p50Micros()).isPositive().isLessThanOrEqualTo(round.p99Micros());
            assertThat(service.received(1, "envoy")).isEqualTo(300);
        }
    }

    @Test
    void roundTellsOfRequestsWithoutAnAnswer() throws Exception {
        try (var port = ClosedPort.reserve();
                var traffic = new Traffic()) {
            var round = traffic.send(1, "envoy", port.port(), "b", 3, 1);

            assertThat(round.succeeded()).isZero();
            assertThat(round.failure().orElseThrow()).startsWith("1/envoy/1: ");
        }
    }
}
