// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.observe.SeenConnection;
import dev.outrigger.conformance.observe.SeenConnection.End;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingsTest {
    private static final ClientStep PLAIN = new ClientStep.Send("GET / HTTP/1.1\r\na: b\r\n\r\n");

    @Test
    void tellsResetFromCloseAfterPlainRequests() {
        assertThat(end(End.RESET, PLAIN, new ClientStep.AwaitResponses(1))).isEqualTo(End.RESET);
    }

    @Test
    void takesThemForOneWhereBytesMayWait() {
        var pipelined = new ClientStep.Send("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");

        assertThat(end(End.RESET, pipelined)).isEqualTo(End.CLOSED);
        assertThat(end(End.OPEN, pipelined)).isEqualTo(End.OPEN);
    }

    @Test
    void takesThemForOneOverHttp2() {
        var seen = List.of(new SeenConnection(List.of(), "", End.RESET));

        assertThat(Closings.comparable(seen, List.of(PLAIN), true).getFirst().end())
                .isEqualTo(End.CLOSED);
    }

    @Test
    void seesNoEndOfAConnectionThatTheClientCloses() {
        assertThat(end(End.CLOSED, PLAIN, new ClientStep.Close())).isEqualTo(End.OPEN);
    }

    private static End end(End seen, ClientStep... steps) {
        return Closings.comparable(
                        List.of(new SeenConnection(List.of(), "", seen)), List.of(steps), false)
                .getFirst()
                .end();
    }
}
