// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.exchange.Scenario;
import dev.outrigger.conformance.exchange.UpstreamAnswer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmallerTest {

    @Test
    void leavesOutOneLineAtATime() {
        var send = new ClientStep.Send("GET / HTTP/1.1\r\na: 1\r\nb: 2\r\n\r\n");

        assertThat(Smaller.than(new Scenario("x", List.of(send), Map.of())))
                .extracting(Scenario::steps)
                .contains(
                        List.<ClientStep>of(new ClientStep.Send("GET / HTTP/1.1\r\nb: 2\r\n\r\n")),
                        List.<ClientStep>of(new ClientStep.Send("GET / HTTP/1.1\r\na: 1\r\n\r\n")));
    }

    @Test
    void leavesOutARequestWithTheWaitForItsAnswer() {
        var steps =
                List.<ClientStep>of(
                        new ClientStep.Send("1"),
                        new ClientStep.AwaitResponses(1),
                        new ClientStep.Send("2"),
                        new ClientStep.AwaitResponses(2));

        assertThat(Smaller.than(new Scenario("x", steps, Map.of())))
                .extracting(Scenario::steps)
                .contains(
                        List.<ClientStep>of(
                                new ClientStep.Send("2"), new ClientStep.AwaitResponses(1)));
    }

    @Test
    void leavesOutConnectionsAndScripts() {
        var steps =
                List.<ClientStep>of(
                        new ClientStep.Send("1"),
                        new ClientStep.Connect(),
                        new ClientStep.Send("2"));
        var script = Map.of("a", List.of(UpstreamAnswer.ok("1"), UpstreamAnswer.ok("2")));

        var smaller = Smaller.than(new Scenario("x", steps, script));

        assertThat(smaller)
                .extracting(Scenario::steps)
                .contains(List.<ClientStep>of(new ClientStep.Send("2")));
        assertThat(smaller)
                .extracting(Scenario::upstreams)
                .contains(Map.of(), Map.of("a", List.of(UpstreamAnswer.ok("2"))));
    }
}
