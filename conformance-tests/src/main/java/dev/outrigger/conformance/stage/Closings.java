// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.observe.SeenConnection;
import dev.outrigger.conformance.observe.SeenConnection.End;
import java.util.ArrayList;
import java.util.List;

/**
 * Which ends of connections two runs share. A proxy that closes a socket sends RST instead of FIN
 * when bytes wait there that it has not read: where a client has sent more than plain requests, one
 * at a time, or speaks HTTP/2 and so acknowledges what it reads, that is a matter of microseconds,
 * and the two count as one. A connection that the client closes has no end that could be seen.
 */
final class Closings {
    private static final String HEAD_END = "\r\n\r\n";

    private Closings() {}

    static List<SeenConnection> comparable(
            List<SeenConnection> seen, List<ClientStep> steps, boolean http2) {
        var connections = new ArrayList<List<ClientStep>>();
        connections.add(new ArrayList<>());
        for (int i = 0; i < steps.size(); i++) {
            var step = steps.get(i);
            // As the first step it replaces the connection that is opened before it.
            boolean opens =
                    step instanceof ClientStep.Connect
                            || (i > 0 && step instanceof ClientStep.ConnectHttp2);
            if (opens) {
                connections.add(new ArrayList<>());
            } else {
                connections.getLast().add(step);
            }
        }
        var comparable = new ArrayList<SeenConnection>();
        for (int i = 0; i < seen.size(); i++) {
            comparable.add(comparable(seen.get(i), connections.get(i), http2));
        }
        return comparable;
    }

    private static SeenConnection comparable(
            SeenConnection seen, List<ClientStep> steps, boolean http2) {
        boolean closedByClient =
                steps.stream()
                        .anyMatch(step ->
                                step instanceof ClientStep.Close
                                        || step instanceof ClientStep.Reset);
        if (closedByClient) {
            return new SeenConnection(seen.responses(), seen.unparsed(), End.OPEN);
        }
        boolean mayWait = http2 || !steps.stream().allMatch(Closings::isPlain);
        if (seen.end() == End.RESET && mayWait) {
            return new SeenConnection(seen.responses(), seen.unparsed(), End.CLOSED);
        }
        return seen;
    }

    private static boolean isPlain(ClientStep step) {
        return switch (step) {
            case ClientStep.Send(var text) ->
                    text.indexOf(HEAD_END) == text.length() - HEAD_END.length();
            case ClientStep.AwaitResponses _, ClientStep.AwaitEnd _, ClientStep.CloseWrite _ ->
                    true;
            case ClientStep.Pause _,
                    ClientStep.AwaitQuiet _,
                    ClientStep.Connect _,
                    ClientStep.ConnectHttp2 _,
                    ClientStep.ResetStream _,
                    ClientStep.AwaitAttempts _,
                    ClientStep.AwaitStat _,
                    ClientStep.Close _,
                    ClientStep.Reset _,
                    ClientStep.Admin _,
                    ClientStep.Apply _,
                    ClientStep.Remove _ ->
                    false;
        };
    }
}
