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
 * @param filters in front of the router, in their order
 * @param mirrored whether routes copy requests to a cluster of their own
 * @param upgrades whether there are upgrades, and upstreams that agree to them
 */
record Plan(
        boolean timed,
        List<String> clusters,
        int retries,
        int oddPaths,
        List<String> filters,
        boolean mirrored,
        boolean upgrades) {
    static final String MIRROR = "mirror";

    Plan {
        clusters = List.copyOf(clusters);
        filters = List.copyOf(filters);
    }

    static Plan of(Choices choices) {
        boolean mirrored = choices.in100(15);
        return new Plan(
                choices.in100(30),
                List.of("a", "b", "c").subList(0, choices.between(1, 3)),
                choices.pick(10, 30, 80),
                choices.pick(0, 10, 50),
                choices.some(choices.pick(0, 0, 0, 1, 2, 4), Filters.ALL),
                mirrored,
                // What of a tunnel is copied when is a race.
                !mirrored && choices.in100(15));
    }

    static String named(String cluster) {
        return "${self}_" + cluster;
    }
}
