// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import dev.outrigger.policy.model.ServiceRef;
import java.util.Map;

/**
 * A request somebody wonders about.
 *
 * @param consumer the calling service
 * @param host as in the Host header, in lower case, with the port unless it is the default
 * @param path with its query
 * @param headers by lower-case name
 */
public record Question(
        ServiceRef consumer, String host, String method, String path, Map<String, String> headers) {
    public Question {
        headers = Map.copyOf(headers);
    }
}
