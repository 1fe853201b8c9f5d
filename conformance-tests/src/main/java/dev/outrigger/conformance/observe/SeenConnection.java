// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

import java.util.List;

/**
 * One downstream connection from its client's side.
 *
 * @param unparsed bytes behind the last response that are no response
 */
public record SeenConnection(List<SeenResponse> responses, String unparsed, End end) {
    public SeenConnection {
        responses = List.copyOf(responses);
    }

    /** What the proxy had done with the connection when the client stopped looking. */
    public enum End {
        OPEN,
        CLOSED,
        RESET
    }
}
