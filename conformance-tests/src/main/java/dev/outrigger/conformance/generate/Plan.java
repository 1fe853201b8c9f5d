// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.List;

/**
 * What is decided about a case before its parts are.
 *
 * @param timed whether every wait has a short limit, so that upstreams may be slow and clients may
 *     stop in the middle
 * @param clusters the names without their prefix; each is also the name of an upstream
 * @param retries how likely a retry policy is, in a hundred
 * @param oddPaths how likely an odd path is, in a hundred
 */
record Plan(boolean timed, List<String> clusters, int retries, int oddPaths) {
    Plan {
        clusters = List.copyOf(clusters);
    }

    static Plan of(Choices choices) {
        return new Plan(
                choices.in100(30),
                List.of("a", "b", "c").subList(0, choices.between(1, 3)),
                choices.pick(10, 30, 80),
                choices.pick(0, 10, 50));
    }

    static String named(String cluster) {
        return "${self}_" + cluster;
    }
}
