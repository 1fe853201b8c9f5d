// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * An xDS resource as a proxy was given it. Immutable.
 *
 * @param type its type URL
 * @param version by which the proxy accepts or refuses it
 * @param documents those whose content it holds
 * @param content as JSON in Envoy's field names; private keys and passwords are blanked out
 */
public record GivenResource(
        String type, String name, String version, List<String> documents, JsonNode content) {
    public GivenResource {
        documents = List.copyOf(documents);
    }
}
