// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.exchange;

import java.util.List;
import java.util.Map;

/**
 * One exchange of a case: what is done, what is expected, and why.
 *
 * @param id kind, case and name, as {@code retry/5xx/exhausted}
 * @param listener the name of the listener the client connects to
 * @param transport of its client
 * @param upstreams the answers of each upstream in order; the last one repeats
 * @param ignored fields (a {@code *} stands for anything) that two runs need not share, each with
 *     the reason
 */
public record Exchange(
        String id,
        String why,
        String listener,
        Transport transport,
        List<ClientStep> steps,
        Map<String, List<UpstreamAnswer>> upstreams,
        Expectation expectation,
        Map<String, String> ignored) {
    public Exchange {
        steps = List.copyOf(steps);
        upstreams = Map.copyOf(upstreams);
        ignored = Map.copyOf(ignored);
    }
}
