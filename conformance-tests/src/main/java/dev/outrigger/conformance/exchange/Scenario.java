// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.util.List;
import java.util.Map;

/**
 * What is done in one exchange, without saying what is expected of it.
 *
 * @param upstreams the answers of each upstream in order; the last one repeats
 */
public record Scenario(
        String name, List<ClientStep> steps, Map<String, List<UpstreamAnswer>> upstreams) {
    public Scenario {
        steps = List.copyOf(steps);
        upstreams = Map.copyOf(upstreams);
    }
}
