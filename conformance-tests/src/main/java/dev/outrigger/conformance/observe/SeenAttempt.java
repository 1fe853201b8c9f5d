// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

import java.util.List;

/**
 * One request as an upstream saw it.
 *
 * @param upstream the name the case gives the upstream
 * @param connection the how-manieth connection of that upstream it came on, from 1
 * @param complete whether the whole body came, or was not waited for
 */
public record SeenAttempt(
        String upstream,
        int connection,
        String requestLine,
        List<Header> headers,
        String body,
        List<Header> trailers,
        boolean complete) {
    public SeenAttempt {
        headers = List.copyOf(headers);
        trailers = List.copyOf(trailers);
    }
}
