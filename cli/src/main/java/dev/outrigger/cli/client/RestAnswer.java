// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * A whole answer.
 *
 * @param headers by their names as they came
 * @param session of an answer that came over TLS
 */
record RestAnswer(
        int status, Map<String, List<String>> headers, String body, Optional<SSLSession> session) {
    /** The first value of a header, whatever the case of its name. */
    Optional<String> header(String name) {
        return headers.entrySet().stream()
                // The status line stands among them without a name.
                .filter(header -> name.equalsIgnoreCase(header.getKey()))
                .map(header -> header.getValue().getFirst())
                .findFirst();
    }
}
