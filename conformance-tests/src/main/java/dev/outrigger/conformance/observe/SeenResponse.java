// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

import java.util.List;

/**
 * One response as a client saw it. Text is ISO-8859-1, so that every byte is one character.
 *
 * @param interim the 1xx responses before it: code, phrase, and headers but volatile ones
 * @param complete whether it ended as its framing says
 */
public record SeenResponse(
        List<String> interim,
        String version,
        int status,
        String reason,
        List<Header> headers,
        String body,
        List<Header> trailers,
        boolean complete) {
    public SeenResponse {
        interim = List.copyOf(interim);
        headers = List.copyOf(headers);
        trailers = List.copyOf(trailers);
    }
}
